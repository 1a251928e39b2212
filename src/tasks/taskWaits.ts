import type { AsyncioTask } from '../model/asyncioTask.js';
import type { Frame } from '../model/frame.js';
import type { Snapshot } from '../model/snapshot.js';
import { asyncioLocksHeld, asyncioLockWaitedFor, asyncioWait, type AsyncioWait } from './asyncioWaits.js';

/** What a task waits for. */
export interface TaskWait {
  readonly task: AsyncioTask;
  /** The tasks that it waits for. */
  readonly on: readonly AsyncioTask[];
  /** The lock of asyncio that it waits for, by its address; who has it, in `on`, is inferred. */
  readonly lock: string | null;
  /** One of them is enough. */
  readonly any: boolean;
  /** The function of asyncio that it waits in. */
  readonly within: AsyncioWait | null;
  /** It ends by itself after a time. */
  readonly timeout: boolean;
}

/** The tasks that could be read. */
export function readableTasks({ tasks }: Pick<Snapshot, 'tasks'>): AsyncioTask[] {
  return tasks.flatMap((task) => ('error' in task ? [] : [task]));
}

/** The frames of a task up to the first that could not be read, innermost first. */
export function framesOfTask({ frames }: AsyncioTask): Frame[] {
  const found: Frame[] = [];
  for (const frame of frames) {
    if ('error' in frame) break;
    found.push(frame);
  }
  return found;
}

function valueOf(frame: Frame | undefined, name: string): string | null {
  const found = frame?.variables?.find((each) => each.name === name);
  return found === undefined || 'error' in found ? null : found.repr;
}

function frameIn(frames: readonly Frame[], name: string): Frame | undefined {
  return frames.find((frame) => frame.module === 'asyncio.tasks' && frame.function === name);
}

function hasTimeout(task: AsyncioTask, frames: readonly Frame[]): boolean {
  const times = [frameIn(frames, 'wait_for'), frameIn(frames, '_wait')].map((frame) =>
    valueOf(frame, 'timeout'),
  );
  return task.timeout || times.some((time) => time !== null && time !== 'None');
}

/** The tasks that are inside of an `async with` statement on a lock, by the address of that. */
function holdersOfLocks(tasks: readonly AsyncioTask[]): Map<string, AsyncioTask[]> {
  const holders = new Map<string, AsyncioTask[]>();
  for (const task of tasks)
    for (const lock of asyncioLocksHeld(framesOfTask(task)))
      holders.set(lock, [...(holders.get(lock) ?? []), task]);
  return holders;
}

/** What each task waits for, in the order of their names. */
export function taskWaitsOf(snapshot: Pick<Snapshot, 'tasks'>): TaskWait[] {
  const tasks = readableTasks(snapshot).sort(
    (a, b) =>
      (a.name ?? '').localeCompare(b.name ?? '', 'en', { numeric: true }) ||
      a.address.localeCompare(b.address),
  );
  const byAddress = new Map(tasks.map((task) => [task.address, task]));
  const completing = new Map<string, AsyncioTask[]>();
  for (const task of tasks) {
    for (const future of task.completes) completing.set(future, [...(completing.get(future) ?? []), task]);
  }
  const holders = holdersOfLocks(tasks);
  return tasks.map((task) => {
    const frames = framesOfTask(task);
    const awaited = task.waitsFor?.address;
    const direct = awaited === undefined ? undefined : byAddress.get(awaited);
    const lock = task.waitsFor?.state === 'pending' ? asyncioLockWaitedFor(frames) : null;
    // Of several that seem to have it, who does is not known.
    const holding = lock === null ? [] : (holders.get(lock) ?? []);
    const others =
      lock === null ? (completing.get(awaited ?? '') ?? []) : holding.length === 1 ? holding : [];
    const when = valueOf(frameIn(frames.slice(0, 1), '_wait'), 'return_when');
    return {
      task,
      on: direct === undefined ? others : [direct],
      lock,
      any: when !== null && !when.includes('ALL_COMPLETED'),
      within: asyncioWait(frames),
      timeout: hasTimeout(task, frames),
    };
  });
}

/** Tasks each of which waits for the next, and the last for the first. */
export function taskCyclesIn(waits: readonly TaskWait[]): TaskWait[][] {
  const waitOf = new Map(waits.map((wait) => [wait.task, wait]));
  const seen = new Set<TaskWait>();
  const cycles: TaskWait[][] = [];
  const follow = (wait: TaskWait, path: TaskWait[]): void => {
    const begin = path.indexOf(wait);
    if (begin >= 0) cycles.push(path.slice(begin));
    if (seen.has(wait)) return;
    seen.add(wait);
    // Where one of several is enough the others may still come.
    if (wait.any && wait.on.length > 1) return;
    for (const next of wait.on) {
      const found = waitOf.get(next);
      if (found !== undefined) follow(found, [...path, wait]);
    }
  };
  for (const wait of waits) follow(wait, []);
  return cycles;
}
