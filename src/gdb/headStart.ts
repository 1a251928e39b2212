import type { GdbProcess } from './gdbProcess.js';

let started: GdbProcess | null = null;

/**
 * Starts gdb for a command that will need it, before the rest of this program is even read: gdb takes longer to start
 * than all of it. The build makes a file of its own of this module for that, which bin/main.cjs loads first.
 * @param words the command line
 */
export async function giveHeadStart(words: readonly string[]): Promise<void> {
  const [command = '', ...rest] = words;
  if (!['dump', 'why'].includes(command) || !rest.some((word) => /^\d+$/.test(word))) return;
  try {
    const { findGdb } = await import('./findGdb.js');
    const { startGdbProcess } = await import('./gdbProcess.js');
    started = startGdbProcess(findGdb('gdb', process.env['PATH']), process.env);
  } catch {
    // What is wrong is told when it is started in earnest.
  }
}

/** The gdb that has a head start, if it is the one that is wanted and nobody has taken it yet. */
export function takeHeadStart(path: string): GdbProcess | null {
  if (started?.path !== path) return null;
  const taken = started;
  started = null;
  return taken;
}

/** Ends the gdb that had a head start, if nobody has taken it. */
export async function endHeadStart(): Promise<void> {
  if (started === null) return;
  const { transport, guard } = started;
  started = null;
  const ended = new Promise<void>((resolve) => transport.onExit(resolve));
  transport.kill();
  await ended;
  transport.close();
  await guard.end();
}
