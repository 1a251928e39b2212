import type { OpenFds } from '../model/openFds.js';
import type { Snapshot } from '../model/snapshot.js';

/** What of a process is wanted beside its threads, frames and locals. */
export interface Wanted {
  readonly globals: boolean;
}

/** How the REPL looks at a process from outside; src/usecases/inspector.ts has the real one. */
export interface Inspector {
  /**
   * The process at one instant. It runs on afterwards; while it is paused it is always the instant of the pause.
   * @throws SleeperError; what `signal` was aborted with
   */
  refresh(wanted: Wanted, signal: AbortSignal): Promise<Snapshot>;
  /** Stops the process until `resume`. Gives what it looks like, globals and all. */
  pause(signal: AbortSignal): Promise<Snapshot>;
  /** Does nothing unless it is paused. */
  resume(): Promise<void>;
  readonly paused: boolean;
  /**
   * What gdb prints. Attaches for this one command, unless the process is paused. `signal` breaks the command off; a
   * paused process stays so, unless gdb has to be killed for that.
   */
  gdb(command: string, signal: AbortSignal): Promise<string>;
  /** Needs no stop. */
  fds(): OpenFds;
  /** Whether it is still the process that it was in the beginning. */
  alive(): boolean;
  /** Leaves the process running and untraced; what comes later attaches again. Never fails. */
  letGo(): Promise<void>;
  /** The C functions that a thread is in, innermost first; empty where they cannot be had. */
  nativeFunctions(tid: number, signal: AbortSignal): Promise<string[]>;
}
