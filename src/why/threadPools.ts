import type { Thread } from '../model/snapshot.js';
import { awaitedWork, type AwaitedWork, type Work } from './awaitedWork.js';
import { celeryTaskWaitedFor } from './celeryWaits.js';
import { lasting } from './cycles.js';
import { functionOf } from './libraryWaits.js';
import { held } from './locks.js';
import { framesOf } from './stack.js';
import type { ThreadWait } from './waits.js';

/** A pool of threads of concurrent.futures or multiprocessing.pool. */
export interface Pool {
  readonly workers: ThreadWait[];
  /** What no worker has begun. */
  readonly work: Set<Work>;
  /** It may have no more workers than it has. */
  full: boolean;
}

const ofWorker = /^(concurrent\.futures\.thread\._worker|multiprocessing\.pool\.worker)$/;

export function poolsOf(waits: readonly ThreadWait[]): Pool[] {
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

/** Does it wait for a task of Celery, as a task? Celery asks again and again for the result, and so it may just run. */
export function isInCelery({ thread }: ThreadWait): boolean {
  return celeryTaskWaitedFor(thread) !== null;
}

function waitsWithoutEnd(each: ThreadWait): boolean {
  return each.wait?.timeout === false || isInCelery(each);
}

function awaitedBy(each: ThreadWait): AwaitedWork | null {
  return each.wait?.for === 'future' || isInCelery(each) ? awaitedWork(each.thread) : null;
}

/** Is there work that a thread waits for which a pool has yet to begin that may have no more workers? */
export function isStarvedBy(each: ThreadWait, { full, work }: Pool): boolean {
  return full && awaitedBy(each)?.work.some((one) => work.has(one)) === true;
}

/** By the Future that a thread works on, that thread. */
function workersByFuture(waits: readonly ThreadWait[]): Map<Work, ThreadWait> {
  return new Map(
    waits.flatMap((each) => framesOf(each.thread).flatMap(({ future }) => (future ? [[future, each]] : []))),
  );
}

/**
 * The threads that wait for each other, or for work that only those of them could do that are workers: who of all that
 * wait without a timeout is left when those are taken away that wait for something else.
 */
export function stuckWith(waits: readonly ThreadWait[], pools: readonly Pool[]): Set<ThreadWait> {
  const waitOf = new Map<Thread, ThreadWait>(waits.map((each) => [each.thread, each]));
  const workers = workersByFuture(waits);
  const endless = waits.filter(waitsWithoutEnd);
  return lasting(endless, (each, stuck) => {
    const awaited = awaitedBy(each);
    if (awaited === null) {
      // Who alone has a lock in a variable may have no more to do with it.
      const on = each.wait?.heldBy?.how === 'variable' || each.on === null ? undefined : waitOf.get(each.on);
      return on !== undefined && stuck.has(on);
    }
    const isNeverDone = (one: Work): boolean => {
      const worker = workers.get(one);
      if (worker !== undefined) return stuck.has(worker);
      const pool = pools.find(({ full, work }) => full && work.has(one));
      return pool?.workers.every((other) => stuck.has(other)) === true;
    };
    const { work, all } = awaited;
    return work.length > 0 && (all ? work.some(isNeverDone) : work.every(isNeverDone));
  });
}

/**
 * The same waits, with the worker that each thread depends on which waits for several Futures: one that can never go on,
 * if it does not matter whether others can.
 */
export function withStuckWorkers(waits: readonly ThreadWait[]): ThreadWait[] {
  const stuck = stuckWith(waits, poolsOf(waits));
  const workers = workersByFuture(waits);
  return waits.map((each) => {
    const { thread, wait, on } = each;
    if (wait?.for !== 'future' || on !== null || !stuck.has(each)) return each;
    const worker = awaitedWork(thread)
      ?.work.flatMap((one) => workers.get(one) ?? [])
      .find((other) => stuck.has(other))?.thread;
    if (worker === undefined) return each;
    return { ...each, on: worker, wait: { ...wait, heldBy: held(worker, 'task', true) } };
  });
}
