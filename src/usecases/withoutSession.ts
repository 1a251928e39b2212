import type { LiveSession } from '../agent/controlBlock.js';
import type { KernelThread, Snapshot } from '../model/snapshot.js';

interface OwnThreads {
  readonly threads: readonly KernelThread[];
  readonly warnings: Snapshot['warnings'];
}

/**
 * The threads of a process without the one that serves a session of sleeper's. What that evaluates stays: it is code of
 * the program, and may hold its locks, or the GIL.
 * @param outerTids see `namespaceTids`
 */
export function withoutSession(
  threads: readonly KernelThread[],
  session: LiveSession | null,
  outerTids: ReadonlyMap<number, number> | null,
): OwnThreads {
  const inner = session?.tid ?? 0;
  const own = outerTids === null ? inner : outerTids.get(inner);
  const others = threads.filter(({ tid }) => tid !== own);
  if (others.length === threads.length) return { threads, warnings: [] };
  const message = `a session of sleeper is open: its thread ${own} is left out; what it evaluates runs in threads called "sleeper"`;
  return { threads: others, warnings: [{ where: 'threads', message }] };
}
