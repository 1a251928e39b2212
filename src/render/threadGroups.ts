import type { Frame } from '../model/agentReport.js';
import type { Thread } from '../model/snapshot.js';
import { grouped } from './grouped.js';
import { stackPlaces } from './stackPlaces.js';

/** Threads with the same stack, most interesting first. */
export type ThreadGroup = readonly [Thread, ...Thread[]];

/** 0 is the most interesting. */
function rank(thread: Thread): number {
  if (thread.python === null) return 5;
  if (thread.gil === 'holds') return 0;
  if (thread.python.raising !== null || thread.python.handling !== null) return 1;
  if (thread.gil === 'waits') return 3;
  return thread.kernel?.state === 'S' ? 4 : 2;
}

/** The same for threads that are at the same lines of the same functions. */
export function placeKey({ python, nativeFrames }: Thread): string {
  const native = nativeFrames?.map((frame) => [frame.function, frame.file]);
  if (python === null) return JSON.stringify(['native', native]);
  return JSON.stringify([python.interpreter, ...stackPlaces(python), native]);
}

function stackKey(thread: Thread): string {
  const { python } = thread;
  // A thread without frames, or one that stands out, is not like any other.
  const alone = python !== null && (python.frames.length === 0 || rank(thread) < 2) ? python.address : '';
  return alone + placeKey(thread);
}

/** Whether the innermost frames have the same variables. */
function sameVariables(a: Thread, b: Thread): boolean {
  const [first, second] = [a.python?.frames[0], b.python?.frames[0]];
  if (first === undefined || second === undefined || 'error' in first || 'error' in second) return true;
  const values = ({ variables }: Frame): unknown =>
    variables?.map((each) => [each.name, 'error' in each ? each.error : each.repr]);
  return JSON.stringify(values(first)) === JSON.stringify(values(second));
}

/** Two that do the same with different things are easier to read one after the other: a deadlock is such a pair. */
function splitPair(group: ThreadGroup): ThreadGroup[] {
  const [first, second] = group;
  if (group.length !== 2 || second === undefined || first.python === null) return [group];
  return sameVariables(first, second) ? [group] : [[first], [second]];
}

/**
 * The threads in order of interest: who holds the GIL, who handles an exception, who runs, who waits for the GIL,
 * who waits for something else, native threads. Those with the same stack are one group, at the place of its most
 * interesting thread.
 */
export function groupThreads(threads: readonly Thread[]): ThreadGroup[] {
  const ordered = [...threads].sort((a, b) => rank(a) - rank(b) || (a.tid ?? 0) - (b.tid ?? 0));
  return grouped(ordered, stackKey).flatMap(splitPair);
}
