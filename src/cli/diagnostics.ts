import type { openFileTrace } from '../gdb/trace.js';
import type { Io } from './io.js';
import type { GlobalOptions } from './options.js';

/** Told on stderr, where that was asked for. */
export function verboseLog(io: Io, { verbose }: GlobalOptions): (what: string) => void {
  return (what) => {
    if (verbose === true) io.err(`${what}\n`);
  };
}

/** The trace of what is said to gdb, where one was asked for; to be closed. */
export async function openTrace({
  traceGdb,
}: GlobalOptions): Promise<ReturnType<typeof openFileTrace> | null> {
  return traceGdb === undefined ? null : (await import('../gdb/trace.js')).openFileTrace(traceGdb);
}
