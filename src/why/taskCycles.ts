import type { Snapshot } from '../model/snapshot.js';
import type { Finding } from '../model/why.js';
import { taskCyclesIn, taskWaitsOf, type TaskWait } from '../tasks/taskWaits.js';
import { taskName } from '../tasks/taskWords.js';
import { waitersBehind } from './cycles.js';
import { inPlaceOfTask } from './whyTasks.js';

function finding(cycle: readonly TaskWait[], waits: readonly TaskWait[], { threads }: Snapshot): Finding {
  const waiting = waitersBehind(
    cycle.map(({ task }) => task),
    waits,
    ({ task }) => task,
    ({ on }) => on,
  );
  // Who waits for one of them with a timeout will cancel it.
  const ending = [...cycle, ...waiting].find(({ timeout }) => timeout);
  const idents = new Set(cycle.map(({ task }) => task.ident));
  const story = cycle.map((wait, index) => {
    const next = cycle[(index + 1) % cycle.length];
    const name = next === undefined ? '' : taskName(next.task);
    const held = cycle.length === 1 ? 'which it holds itself' : `held by ${name}`;
    const what = wait.lock === null ? name : `Lock ${wait.lock}, ${held} (inferred)`;
    return `waits${inPlaceOfTask(wait)} for ${what}`;
  });
  const several = waiting.length === 1 ? '1 task waits' : `${waiting.length} tasks wait`;
  return {
    kind: 'task cycle',
    hung: ending === undefined,
    inferred: cycle.some(({ lock }) => lock !== null),
    tids: threads.flatMap(({ tid, python }) =>
      tid !== null && python !== null && idents.has(python.ident) ? [tid] : [],
    ),
    tasks: cycle.map(({ task }) => task.address),
    text: [
      `deadlock of asyncio tasks: ${cycle[0] === undefined ? '' : taskName(cycle[0].task)} ${story.join(', which ')}`,
      ...(waiting.length === 0 ? [] : [`${several} behind`]),
      ...(ending === undefined ? [] : [`the wait of ${taskName(ending.task)} has a timeout`]),
    ].join('; '),
  };
}

/** Tasks of asyncio that wait for each other in a circle. Their event loop goes on; they do not. */
export function taskCycles(snapshot: Snapshot): Finding[] {
  const waits = taskWaitsOf(snapshot);
  return taskCyclesIn(waits).map((cycle) => finding(cycle, waits, snapshot));
}
