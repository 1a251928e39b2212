import type { GdbDeadlines } from '../gdb/gdbOptions.js';
import type { GdbSession } from '../gdb/session.js';
import type { Trace } from '../gdb/trace.js';
import type { SeccompOptions } from './seccomp.js';

/** Which gdb, how patiently, and how boldly. */
export interface GdbChoice extends SeccompOptions {
  readonly gdb?: string | undefined;
  readonly timeoutMs?: number | undefined;
  /** As `GdbOptions.mostThreads`. */
  readonly mostThreads?: number | undefined;
  readonly trace?: Trace | null | undefined;
}

/** A gdb as the options say, starting. */
async function startGdb(options: GdbChoice): Promise<GdbSession> {
  const { GdbSession: Session } = await import('../gdb/session.js');
  const { gdb, timeoutMs, mostThreads, trace } = options;
  const deadlines: Partial<GdbDeadlines> =
    timeoutMs === undefined ? {} : { start: timeoutMs, attach: timeoutMs, call: timeoutMs };
  return Session.start({
    ...(gdb === undefined ? {} : { gdb }),
    ...(mostThreads === undefined ? {} : { mostThreads }),
    ...{ trace: trace ?? null, deadlines },
  });
}

/**
 * A session that is closed, and with that lets the target go, when the signal comes or the work fails. When the work
 * succeeds it stays open.
 */
export async function withOpenGdb<T>(
  options: GdbChoice,
  signal: AbortSignal,
  work: (session: GdbSession) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const session = await startGdb(options);
  const abort = (): void => void session.close();
  signal.addEventListener('abort', abort);
  try {
    return await work(session);
  } catch (error) {
    await session.close();
    // What fails because of the abort is not what happened.
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** As `withOpenGdb`, but the session is closed in any case. */
export function withGdb<T>(
  options: GdbChoice,
  signal: AbortSignal,
  work: (session: GdbSession) => Promise<T>,
): Promise<T> {
  return withOpenGdb(options, signal, async (session) => {
    const result = await work(session);
    await session.close();
    return result;
  });
}
