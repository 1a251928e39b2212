import type { AsyncioTask } from '../model/asyncioTask.js';
import { framesOfTask, type TaskWait } from './taskWaits.js';

/** Of more tasks than this only so many are named. */
const mostNamed = 3;

/** A task as it is spoken of: `"poller"`, or `fetch() 0x7f12` where tasks have no names. */
export function taskName({ name, coroutine, address }: AsyncioTask): string {
  return name === null ? `${coroutine ?? 'task'}() ${address}` : `"${name}"`;
}

function named(tasks: readonly AsyncioTask[]): string {
  const names = tasks.slice(0, mostNamed).map(taskName);
  if (tasks.length > mostNamed) names.push(`${tasks.length - mostNamed} more`);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

/** What a task waits for: `task "b"`, `time to pass`; null: it runs, or will as soon as the loop comes to it. */
export function waitedFor({ task, on, lock, any, within, timeout }: TaskWait): string | null {
  const limit = timeout ? ', with a timeout' : '';
  if (task.running || task.waitsFor?.state !== 'pending') return null;
  if (lock !== null && on.length > 0) return `Lock ${lock}, held by task ${named(on)} (inferred)${limit}`;
  if (on.length === 1) return `task ${named(on)}${limit}`;
  if (on.length > 1) return `${any ? 'one of ' : ''}tasks ${named(on)}${limit}`;
  if (within !== null) return `${within.what}${limit}`;
  return `${task.waitsFor.type} ${task.waitsFor.address}${limit}`;
}

/** What a task does: `waits for task "b"`, `runs`, `is about to go on`. */
export function taskDoing(wait: TaskWait): string {
  if (wait.task.running) return 'runs';
  const what = waitedFor(wait);
  return what === null ? 'is about to go on' : `waits for ${what}`;
}

/** The same of a task by itself: `waits for time to pass; nobody awaits it`. */
export function taskLine(wait: TaskWait): string {
  return `${taskDoing(wait)}${wait.task.awaited ? '' : '; nobody awaits it'}`;
}

/** What it does among many: `wait in Queue.get()`. */
function inGeneral({ task, on, lock, within }: TaskWait): string {
  if (task.running) return 'in the code that runs';
  if (task.waitsFor?.state !== 'pending') return 'about to go on';
  if (on.length > 0 && lock === null) return 'for other tasks';
  if (within !== null) return `in ${within.call}`;
  const [frame] = framesOfTask(task);
  return frame === undefined
    ? `for a ${task.waitsFor.type}`
    : `in ${frame.qualifiedName ?? frame.function}()`;
}

/** `5 tasks: 4 wait in Queue.get(), 1 in sleep()` */
export function tasksInGeneral(waits: readonly TaskWait[]): string {
  const counts = new Map<string, number>();
  for (const wait of waits) {
    const what = inGeneral(wait);
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const kinds = [...counts].sort(([, a], [, b]) => b - a);
  const shown = kinds.slice(0, mostNamed).map(([what, count]) => `${count} ${what}`);
  const more = kinds.slice(mostNamed).reduce((sum, [, count]) => sum + count, 0);
  if (more > 0) shown.push(`${more} elsewhere`);
  return `${waits.length === 1 ? '1 task' : `${waits.length} tasks`}: ${shown.join(', ')}`;
}
