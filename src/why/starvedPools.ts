import type { Finding } from '../model/why.js';
import { threadsBehind } from './knots.js';
import { isInCelery, isStarvedBy, poolsOf, stuckWith, type Pool } from './threadPools.js';
import type { ThreadWait } from './waits.js';
import { doing, nameOf } from './words.js';

function finding(pool: Pool, starved: ThreadWait, waits: readonly ThreadWait[]): Finding {
  const { workers, work } = pool;
  const threads = workers.map(({ thread }) => thread);
  const behind = threadsBehind(threads, waits);
  const own = workers.every((each) => isStarvedBy(each, pool));
  const who = workers.length === 1 ? 'its only worker waits' : `all ${workers.length} workers wait`;
  const whose = own ? 'the same pool' : 'workers that wait as well';
  const celery = workers.some(isInCelery);
  // What is a task of Celery has two names.
  const count = [...work].filter((one) => typeof one === 'number' || one.startsWith('0x')).length;
  const queued = count === 1 ? '1 piece of work is' : `${count} pieces of work are`;
  const others = behind.length === 1 ? '1 other thread waits' : `${behind.length} other threads wait`;
  return {
    kind: 'starved pool',
    hung: true,
    inferred: celery || workers.some(({ wait }) => wait?.heldBy?.inferred === true),
    tids: threads.flatMap(({ tid }) => tid ?? []),
    text: [
      `deadlock of a thread pool: ${who} for work that is left to ${whose}: thread ${nameOf(starved.thread)} ${doing(starved)}`,
      `${queued} yet to be begun${celery ? ', unless the broker gives it to another worker (inferred)' : ''}`,
      ...(behind.length === 0 ? [] : [`${others} behind`]),
    ].join('; '),
  };
}

/** Pools of threads whose workers all wait for what one of them would have to do, and that may have no more. */
export function starvedPools(waits: readonly ThreadWait[]): Finding[] {
  const pools = poolsOf(waits);
  if (pools.length === 0) return [];
  const stuck = stuckWith(waits, pools);
  const workers = pools.flatMap((pool) => pool.workers).filter((each) => stuck.has(each));
  return pools.flatMap((pool) => {
    if (!pool.workers.every((each) => stuck.has(each))) return [];
    const starved = workers.find((each) => isStarvedBy(each, pool));
    return starved === undefined ? [] : [finding(pool, starved, waits)];
  });
}
