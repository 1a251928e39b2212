import type { Snapshot, Thread } from '../model/snapshot.js';
import type { WhyReport } from '../model/why.js';
import { functionOf } from './libraryWaits.js';
import { framesOf, variable } from './stack.js';

/** The id of the task of Celery that a thread waits for without a timeout, as a task itself; null: it does not. */
export function celeryTaskWaitedFor(thread: Thread): string | null {
  const frames = framesOf(thread);
  const get = frames.find((frame) => functionOf(frame) === 'celery.result.get');
  const inTask = frames.some((frame) => functionOf(frame) === 'celery.app.trace.trace_task');
  const waits = get !== undefined && inTask && variable(get, 'timeout')?.repr === 'None';
  return waits && typeof get.job === 'string' ? get.job : null;
}

/** What is to be said of a wait for the result of a task of Celery, if a task waits for it. */
export function asTask(thread: Thread): string {
  const names = framesOf(thread).map(functionOf);
  if (!names.includes('celery.app.trace.trace_task')) return '';
  // The pool "solo" has its tasks done by who also receives them.
  return names.some((name) => /^celery\.worker\.loops\.a?synloop$/.test(name))
    ? ', as a task itself, before which its worker does and receives nothing else: for ever, if no other worker does it'
    : ', as a task itself: for ever, if no worker is free';
}

/** What the main process of a worker of Celery has given its pool; undefined: it is none. */
export function celeryPool({ threads }: Snapshot): WhyReport['celery'] {
  for (const frame of threads.flatMap(framesOf)) {
    if (frame.pool === undefined || functionOf(frame) !== 'celery.worker.loops.asynloop') continue;
    const waiting = (frame.pool.work ?? []).filter((id) => typeof id === 'string');
    return { processes: frame.pool.most, waiting };
  }
  return undefined;
}
