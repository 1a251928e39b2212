import { setImmediate as breathe } from 'node:timers/promises';
import { asSleeperError, type SleeperError } from '../errors.js';
import type { Inspected, TreeProcess } from '../model/processTree.js';
import { assertInspectable } from '../target/diagnosis.js';
import { endOf } from '../target/liveDirectory.js';
import { treeErrors } from '../treeErrors.js';
import { oneAtATime, type Turn } from './oneAtATime.js';

/** Each takes a gdb of its own, with 30 MB. */
const mostAtOnce = 4;
/** More are not looked into. */
const mostProcesses = 256;
/** For how long all of them together may stay in uninterruptible sleep before they are refused. */
const patienceMs = 1000;

export interface InspectAllOptions<T> {
  /** What the very reason for which a process is left alone answers; null: nothing. */
  readonly answerOf?: (pid: number, error: SleeperError) => T | null;
  /** Aborted: whatever is under way is waited for, which lets go of its process, and nothing else is begun. */
  readonly signal: AbortSignal;
  /** Told which processes are about to be looked into. */
  readonly before?: (pids: readonly number[]) => Promise<void>;
}

/**
 * Looks into several processes, some at a time, and says of each what came of it, in their order. One that is not
 * Python, is in no state to be touched, or fails costs nothing but itself.
 * @param inspect looks into one process; what stops it waits for its turn. It should let go of the process at once, and
 *   throw, when the signal comes.
 * @throws the reason of the signal; what `before` throws
 */
export async function inspectAll<T>(
  processes: readonly TreeProcess[],
  inspect: (pid: number, turn: Turn) => Promise<T>,
  { signal, before, answerOf = () => null }: InspectAllOptions<T>,
): Promise<Inspected<T>[]> {
  const results = new Map(await refusals(processes, signal, answerOf));
  const left = processes.filter(({ pid }) => !results.has(pid));
  await before?.(left.map(({ pid }) => pid));
  const queue = left.values();
  const turn = oneAtATime();
  const work = async (): Promise<void> => {
    for (const process of queue) {
      if (signal.aborted) return;
      results.set(process.pid, await inspected(process, (pid) => inspect(pid, turn)));
    }
  };
  await Promise.all(Array.from({ length: mostAtOnce }, work));
  signal.throwIfAborted();
  return processes.flatMap(({ pid }) => results.get(pid) ?? []);
}

/**
 * Those that are better left alone. They are found before a gdb is started for any of them, and before any process is
 * stopped: the wait for a thread in uninterruptible sleep would hold up all.
 */
async function refusals<T>(
  processes: readonly TreeProcess[],
  signal: AbortSignal,
  answerOf: (pid: number, error: SleeperError) => T | null,
): Promise<[number, Inspected<T>][]> {
  const deadline = performance.now() + patienceMs;
  const refused: [number, Inspected<T>][] = [];
  let inspectable = 0;
  for (const process of processes) {
    // So that Ctrl-C is heard.
    await breathe();
    signal.throwIfAborted();
    const { pid } = process;
    try {
      assertInspectable(pid, { patienceMs: Math.max(0, Math.min(200, deadline - performance.now())) });
      if (++inspectable > mostProcesses) throw treeErrors.tooManyProcesses(pid, mostProcesses);
    } catch (error) {
      const result = answerOf(pid, asSleeperError(error));
      refused.push([pid, result === null ? failed(process, error) : { kind: 'described', process, result }]);
    }
  }
  return refused;
}

async function inspected<T>(
  process: TreeProcess,
  inspect: (pid: number) => Promise<T>,
): Promise<Inspected<T>> {
  try {
    return { kind: 'described', process, result: await inspect(process.pid) };
  } catch (error) {
    return failed(process, endOf(process.pid) ?? error);
  }
}

function failed<T>(process: TreeProcess, cause: unknown): Inspected<T> {
  const error = asSleeperError(cause);
  return { kind: error.code === 'not-python' ? 'notPython' : 'failed', process, error };
}
