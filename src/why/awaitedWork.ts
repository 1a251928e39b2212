import type { Frame } from '../model/frame.js';
import type { Thread } from '../model/snapshot.js';
import { celeryTaskWaitedFor } from './celeryWaits.js';
import { functionOf } from './libraryWaits.js';
import { framesOf, isLibrary, selfOf } from './stack.js';

/** A Future of concurrent.futures, by its address, a job of multiprocessing.pool, by its number, or a task of Celery, by its id. */
export type Work = NonNullable<NonNullable<Frame['pool']>['work']>[number];

/** Work that a thread waits for. */
export interface AwaitedWork {
  readonly work: readonly Work[];
  /** False: one piece of it may be enough. */
  readonly all: boolean;
}

/** The work whose results a thread waits for; null: none, or it is not known which would do. */
export function awaitedWork(thread: Thread): AwaitedWork | null {
  const task = celeryTaskWaitedFor(thread);
  if (task !== null) return { work: [task], all: true };
  for (const frame of framesOf(thread)) {
    if (!isLibrary(frame)) break;
    if (typeof frame.job === 'number') return { work: [frame.job], all: true };
    if (frame.awaits !== undefined) {
      const { futures, all, futuresTruncated } = frame.awaits;
      return all || futuresTruncated === undefined ? { work: futures, all } : null;
    }
    if (/^concurrent\.futures\._base\.(result|exception)$/.test(functionOf(frame))) {
      const self = selfOf(frame);
      return self === null ? null : { work: [self.address], all: true };
    }
  }
  return null;
}
