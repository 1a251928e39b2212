import type { Frame } from '../model/frame.js';
import type { Thread } from '../model/snapshot.js';
import type { Finding } from '../model/why.js';
import { lasting } from './cycles.js';
import { threadsBehind } from './knots.js';
import { functionOf } from './libraryWaits.js';
import { framesOf, isLibrary, selfOf } from './stack.js';
import type { ThreadWait } from './waits.js';
import { doing, nameOf } from './words.js';

/** A Future of concurrent.futures, by its address, or a job of multiprocessing.pool, by its number. */
type Work = NonNullable<NonNullable<Frame['pool']>['work']>[number];

interface Pool {
  readonly workers: ThreadWait[];
  /** What no worker has begun. */
  readonly work: Set<Work>;
  /** It may have no more workers than it has. */
  full: boolean;
}

const ofWorker = /^(concurrent\.futures\.thread\._worker|multiprocessing\.pool\.worker)$/;

function poolsOf(waits: readonly ThreadWait[]): Pool[] {
  const pools = new Map<string, Pool & { most: number | null }>();
  for (const each of waits) {
    for (const frame of framesOf(each.thread)) {
      if (frame.pool === undefined) continue;
      const { queue, most, work = [] } = frame.pool;
      const pool = pools.get(queue) ?? { workers: [], work: new Set(), full: false, most: null };
      pools.set(queue, pool);
      if (ofWorker.test(functionOf(frame))) pool.workers.push(each);
      for (const one of work) pool.work.add(one);
      pool.most ??= most;
      pool.full = pool.most !== null && pool.workers.length >= pool.most;
    }
  }
  return [...pools.values()];
}

/** The work whose result a thread waits for, without a timeout. */
function workWaitedFor({ thread, wait }: ThreadWait): Work | null {
  if (wait?.for !== 'future' || wait.timeout) return null;
  for (const frame of framesOf(thread)) {
    if (!isLibrary(frame)) break;
    if (typeof frame.job === 'number') return frame.job;
    if (/^concurrent\.futures\._base\.(result|exception)$/.test(functionOf(frame)))
      return selfOf(frame)?.address ?? null;
  }
  return null;
}

/**
 * The threads that wait for each other, or for work that only those of them could do that are workers: who of all that
 * wait without a timeout is left when those are taken away that wait for something else.
 */
function stuckOf(waits: readonly ThreadWait[], pools: readonly Pool[]): Set<ThreadWait> {
  const waitOf = new Map<Thread, ThreadWait>(waits.map((each) => [each.thread, each]));
  const endless = waits.filter(({ wait }) => wait?.timeout === false);
  return lasting(endless, (each, stuck) => {
    // Who alone has a lock in a variable may have no more to do with it.
    const on = each.wait?.heldBy?.how === 'variable' || each.on === null ? undefined : waitOf.get(each.on);
    if (on !== undefined) return stuck.has(on);
    return starvedBy(each, pools)?.workers.every((worker) => stuck.has(worker)) === true;
  });
}

/** The pool that has yet to begin the work that a thread waits for, and may have no more workers; undefined: none. */
function starvedBy(each: ThreadWait, pools: readonly Pool[]): Pool | undefined {
  const work = workWaitedFor(each);
  return work === null ? undefined : pools.find((pool) => pool.full && pool.work.has(work));
}

function finding(
  pool: Pool,
  starved: ThreadWait,
  pools: readonly Pool[],
  waits: readonly ThreadWait[],
): Finding {
  const { workers, work } = pool;
  const threads = workers.map(({ thread }) => thread);
  const behind = threadsBehind(threads, waits);
  const own = workers.every((each) => starvedBy(each, pools) === pool);
  const who = workers.length === 1 ? 'its only worker waits' : `all ${workers.length} workers wait`;
  const whose = own ? 'the same pool' : 'workers that wait as well';
  const queued = work.size === 1 ? '1 piece of work is' : `${work.size} pieces of work are`;
  const others = behind.length === 1 ? '1 other thread waits' : `${behind.length} other threads wait`;
  return {
    kind: 'starved pool',
    hung: true,
    inferred: workers.some(({ wait }) => wait?.heldBy?.inferred === true),
    tids: threads.flatMap(({ tid }) => tid ?? []),
    text: [
      `deadlock of a thread pool: ${who} for work that is left to ${whose}: thread ${nameOf(starved.thread)} ${doing(starved)}`,
      `${queued} yet to be begun`,
      ...(behind.length === 0 ? [] : [`${others} behind`]),
    ].join('; '),
  };
}

/** Pools of threads whose workers all wait for what one of them would have to do, and that may have no more. */
export function starvedPools(waits: readonly ThreadWait[]): Finding[] {
  const pools = poolsOf(waits);
  if (pools.length === 0) return [];
  const stuck = stuckOf(waits, pools);
  const workers = pools.flatMap((pool) => pool.workers).filter((each) => stuck.has(each));
  return pools.flatMap((pool) => {
    const starved = workers.find((each) => starvedBy(each, pools) === pool);
    return starved === undefined ? [] : [finding(pool, starved, pools, waits)];
  });
}
