import type { Thread } from '../model/snapshot.js';
import { lasting, waitersBehind } from './cycles.js';
import type { ThreadWait } from './waits.js';

/** The threads one of which has to go on before this one can; none: it can by itself, or whose turn it is is not known. */
export function needed({ on, holding: { mayHold } }: ThreadWait): readonly Thread[] {
  return on === null ? mayHold : [on];
}

/**
 * Those that wait, directly or not, for one of these threads, and are none of them.
 * @param stuck those of which it does not matter who of several has the lock that they wait for
 */
export function threadsBehind(
  threads: readonly Thread[],
  waits: readonly ThreadWait[],
  stuck: ReadonlySet<Thread> = new Set(),
): ThreadWait[] {
  return waitersBehind(
    threads,
    waits,
    ({ thread }) => thread,
    (wait) => (wait.on !== null || stuck.has(wait.thread) ? needed(wait) : []),
  );
}

/** Those that wait without a timeout, and for so long that it is not in passing. */
export function standingIn(waits: readonly ThreadWait[], leastMs: number): ThreadWait[] {
  return waits.filter(
    ({ wait, thread }) =>
      wait !== null && !wait.timeout && (thread.kernel?.lastRanMsAgo ?? leastMs) >= leastMs,
  );
}

/**
 * Threads that can never go on, whoever of them has the locks: each waits for a thread among them, or for a lock that
 * none but threads among them could have.
 */
export function stuckThreads(standing: readonly ThreadWait[]): ReadonlySet<Thread> {
  const neededBy = new Map(standing.map((each) => [each.thread, needed(each)]));
  return lasting(neededBy.keys(), (thread, stuck) => {
    const others = neededBy.get(thread) ?? [];
    return others.length > 0 && others.every((other) => stuck.has(other));
  });
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

/** Threads that wait for each other, though it is not known who of them holds what. */
export interface Knot {
  readonly members: readonly ThreadWait[];
  /** Others that could have one of the locks, and may go on. None: nobody of the knot ever will. */
  readonly unless: readonly Thread[];
}

/**
 * The knots: threads that look like holders of the locks that they want of each other; and with them all others that
 * could have these locks instead, if these are stuck as well.
 * @param told those that are known to be in a circle. They are left out, as are those of one knot from the next
 */
export function knotsIn(
  standing: readonly ThreadWait[],
  stuck: ReadonlySet<Thread>,
  told: ReadonlySet<Thread>,
): Knot[] {
  const waitOf = new Map(standing.map((each) => [each.thread, each]));
  const nextOf = (next: (wait: ThreadWait) => readonly Thread[]) => (thread: Thread) => {
    const wait = waitOf.get(thread);
    return wait === undefined ? [] : next(wait);
  };
  const likely = nextOf((wait) => likelyHolders(wait, waitOf));
  const done = new Set(told);
  return standing.flatMap(({ thread, on }): Knot[] => {
    if (done.has(thread) || on !== null) return [];
    const before = reachedFrom(likely(thread), likely);
    if (!before.has(thread)) return [];
    const circle = [...before].filter((each) => reachedFrom([each], likely).has(thread));
    const knot = stuck.has(thread) ? reachedFrom([thread], nextOf(needed)) : new Set(circle);
    const members = standing.filter((each) => knot.has(each.thread) && !done.has(each.thread));
    const could = new Set(members.flatMap(needed));
    for (const each of members) done.add(each.thread);
    return [{ members, unless: [...could].filter((each) => !stuck.has(each) && !knot.has(each)) }];
  });
}
