import { spawn } from 'node-pty';
import type { GdbTransport } from './transport.js';

/**
 * The terminal is set before gdb starts, for node-pty cannot: no echo, which would land inside gdb's
 * records, and no meaning for any character but the interrupt. It still hands over one line at a time
 * (icanon): gdb 10 reads as much as it gets into a buffer, executes the first line, and looks at the
 * others only when more input comes. The price is a limit of 4,095 bytes a line; ours are short.
 *
 * gdb holds a process still and must not queue behind it for the processor: where the user may, the
 * session's automatic scheduling group (sched(7)) is preferred. A new session of its own fared very badly
 * with some kernels on a busy machine: gdb did not run for seconds.
 *
 * SIGHUP is ignored, so that a call is not broken off when the CLI dies: gdb finishes the command it is
 * at, finds the end of its input, lets the target go and ends.
 */
const setTerminalAndBecomeGdb = `stty raw -echo icanon isig noflsh eof undef eol undef erase undef kill undef || exit 126
{ echo -10 >/proc/self/autogroup; } 2>/dev/null
trap '' HUP
exec "$0" "$@"`;

/** Starts gdb on a pseudo-terminal of its own. A program that is not there shows as exit, not as error. */
export function startPtyTransport(
  gdb: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): GdbTransport {
  const pty = spawn('/bin/sh', ['-c', setTerminalAndBecomeGdb, gdb, ...args], {
    name: 'dumb',
    cols: 200,
    rows: 50,
    encoding: 'latin1',
    env: gdbEnvironment(environment),
  });
  let exited = false;
  pty.onExit(() => (exited = true));
  return {
    pid: pty.pid,
    write: (text) => {
      if (!exited) pty.write(text);
    },
    onData: (listener) => void pty.onData(listener),
    onExit: (listener) => void pty.onExit(() => listener()),
    kill: () => {
      // Unlike process.kill(), this minds no process that is gone, of which one is told only later.
      if (!exited) pty.kill('SIGKILL');
    },
    close: () => {
      if (!exited) pty.kill();
    },
  };
}

/**
 * The environment for gdb: PYTHON* would break the Python inside gdb, LD_PRELOAD would load the agent
 * into gdb, LC_ALL=C keeps its messages in the language in which we read them.
 */
export function gdbEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    const harmful = /^(PYTHON.*|LD_PRELOAD|DEBUGINFOD_URLS|LANG|LANGUAGE|LC_.*|GDBHISTFILE)$/.test(name);
    if (value !== undefined && !harmful) kept[name] = value;
  }
  return { ...kept, TERM: 'dumb', LC_ALL: 'C' };
}
