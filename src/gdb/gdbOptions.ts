import type { Trace } from './trace.js';

/** Which gdb, in which surroundings. */
export interface GdbOptions {
  /** Name or path; looked for in PATH. */
  readonly gdb?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly trace?: Trace | null;
  readonly deadlines?: Partial<GdbDeadlines>;
  /** A process with more threads is not attached to. */
  readonly mostThreads?: number;
}

/**
 * gdb stops each thread by itself, in 0.1 to 0.3 ms, and a process stands still until all of them are: with so many, for
 * half a second.
 */
export const defaultMostThreads = 2_000;

/** In milliseconds. When one passes, gdb is made to let go of the target: gently, then by SIGKILL. */
export interface GdbDeadlines {
  readonly start: number;
  readonly attach: number;
  /** For another debugger that traces the target: another sleeper's is gone in a moment. Nothing is killed after it. */
  readonly tracer: number;
  readonly call: number;
  /** For anything that should take no time at all: detach, end, a stop of the whole process. */
  readonly step: number;
  /** For what a person asks of gdb. */
  readonly console: number;
}

export const defaultDeadlines: GdbDeadlines = {
  start: 15_000,
  attach: 5_000,
  tracer: 1_000,
  call: 5_000,
  step: 3_000,
  console: 60_000,
};
