import { writeSync } from 'node:fs';
import { spawn, type IPty } from 'node-pty';
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
  // What it says before somebody listens waits.
  pty.pause();
  let exited = false;
  pty.onExit(() => (exited = true));
  return {
    pid: pty.pid,
    write: terminalWriter(pty),
    onData: (listener) => {
      pty.onData(listener);
      pty.resume();
    },
    onExit: (listener) => {
      if (exited) setImmediate(listener);
      else pty.onExit(() => listener());
    },
    kill: () => {
      // The exit is told when all has been read, whether or not anybody listens.
      pty.resume();
      // Unlike process.kill(), this minds no process that is gone, of which one is told only later.
      if (!exited) pty.kill('SIGKILL');
    },
    close: () => {
      if (!exited) pty.kill();
    },
  };
}

/** What node-pty has, and its types do not tell of: "close" comes as soon as the descriptor is closed, before the exit. */
interface OpenPty extends IPty {
  readonly fd: number;
  once(event: 'close', listener: () => void): void;
}

/**
 * Writes at once what the terminal takes. node-pty's own `write` does it later and elsewhere, in a thread, by the number of
 * a descriptor that may have been closed by then and be another file's: what was said to a gdb that was just killed has
 * ended the next one so.
 */
function terminalWriter(pty: IPty): (text: string) => void {
  const { fd } = pty as OpenPty;
  let rest = Buffer.alloc(0);
  let open = true;
  (pty as OpenPty).once('close', () => (open = false));
  const flush = (): void => {
    try {
      while (open && rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') setImmediate(flush);
      // Nobody reads it any more: the exit is about to be told.
      else open = false;
    }
  };
  return (text) => {
    const isWaiting = rest.length > 0;
    rest = Buffer.concat([rest, Buffer.from(text, 'latin1')]);
    if (!isWaiting) flush();
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
