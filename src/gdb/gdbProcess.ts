import { gdbArguments } from './gdbArguments.js';
import { startGuard, type Guard } from './guard.js';
import { startPtyTransport } from './ptyTransport.js';
import type { GdbTransport } from './transport.js';

/** A gdb that was just started, with the guard beside it. */
export interface GdbProcess {
  /** Where it is. */
  readonly path: string;
  readonly guard: Guard;
  readonly transport: GdbTransport;
}

/** Starts gdb and returns at once. A program that is not there shows as the end of the transport, not as error. */
export function startGdbProcess(path: string, environment: NodeJS.ProcessEnv): GdbProcess {
  // Before the pty: it would inherit its master, and gdb, which may just have stopped it, would not notice the end of
  // this process.
  const guard = startGuard();
  return { path, guard, transport: startPtyTransport(path, gdbArguments, environment) };
}
