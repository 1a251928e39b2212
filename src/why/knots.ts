import type { Thread } from '../model/snapshot.js';
import type { ThreadWait } from './waits.js';

/** The threads one of which has to go on before this one can; none: it can by itself, or whose turn it is is not known. */
export function needed({ on, holding: { mayHold } }: ThreadWait): readonly Thread[] {
  return on === null ? mayHold : [on];
}

/**
 * Threads that can never go on, whoever of them has the locks: each waits, without a timeout and for so long that it is
 * not in passing, for a thread among them, or for a lock that none but threads among them could have.
 */
export function stuckThreads(waits: readonly ThreadWait[], leastMs: number): ReadonlySet<Thread> {
  const standing = waits.filter(
    ({ wait, thread }) =>
      wait !== null && !wait.timeout && (thread.kernel?.lastRanMsAgo ?? leastMs) >= leastMs,
  );
  const stuck = new Set(standing.map(({ thread }) => thread));
  for (let before = -1; before !== stuck.size;) {
    before = stuck.size;
    for (const each of standing) {
      const others = needed(each);
      if (others.length === 0 || !others.every((other) => stuck.has(other))) stuck.delete(each.thread);
    }
  }
  return stuck;
}

const wantsToHold = new Set(['lock', 'semaphore']);

/** The next ones on the way round a circle: those that look like who has the lock, and want one themselves. */
function likelyHolders({ on, holding }: ThreadWait, waitOf: ReadonlyMap<Thread, ThreadWait>): Thread[] {
  if (on !== null) return [on];
  return holding.mayHold.filter(
    (each) => holding.likely.has(each) && wantsToHold.has(waitOf.get(each)?.wait?.for ?? ''),
  );
}

/** All that are reached from some, these included. */
function reachedFrom(first: Iterable<Thread>, next: (thread: Thread) => readonly Thread[]): Set<Thread> {
  const reached = new Set(first);
  // A Set that grows is iterated to its new end.
  for (const thread of reached) for (const other of next(thread)) reached.add(other);
  return reached;
}

/**
 * The threads that wait for each other though it is not known who of them holds what: stuck ones, of which some look
 * like holders of the locks that they want of each other, and with them all others that could have these locks instead.
 * @param told those that are known to be in a circle, or behind one
 */
export function knotsIn(
  waits: readonly ThreadWait[],
  stuck: ReadonlySet<Thread>,
  told: ReadonlySet<Thread>,
): ThreadWait[][] {
  const waitOf = new Map(waits.map((each) => [each.thread, each]));
  const nextOf = (next: (wait: ThreadWait) => readonly Thread[]) => (thread: Thread) => {
    const wait = waitOf.get(thread);
    return wait === undefined ? [] : next(wait);
  };
  const likely = nextOf((wait) => likelyHolders(wait, waitOf));
  const done = new Set(told);
  return waits.flatMap(({ thread, on }): ThreadWait[][] => {
    if (done.has(thread) || !stuck.has(thread) || on !== null) return [];
    if (!reachedFrom(likely(thread), likely).has(thread)) return [];
    const knot = reachedFrom([thread], nextOf(needed));
    if ([...knot].some((each) => told.has(each))) return [];
    for (const each of knot) done.add(each);
    return [waits.filter((each) => knot.has(each.thread))];
  });
}
