import type { Frame } from '../model/frame.js';
import type { Snapshot } from '../model/snapshot.js';
import type { WhyTask } from '../model/why.js';
import { framesOfTask, taskWaitsOf, type TaskWait } from '../tasks/taskWaits.js';
import { taskDoing, waitedFor } from '../tasks/taskWords.js';
import { isLibrary } from './stack.js';
import { frameText } from './words.js';

/** Where a task is in the program; null: it has no frames. */
function placeOf({ task }: TaskWait): Frame | null {
  const frames = framesOfTask(task);
  return frames.find((each) => !isLibrary(each)) ?? frames[0] ?? null;
}

/** ` in transfer (app.py:27)`, or nothing. */
export function inPlaceOfTask(wait: TaskWait): string {
  const frame = placeOf(wait);
  return frame === null ? '' : ` in ${frameText(frame)}`;
}

function whyTask(wait: TaskWait, { threads }: Snapshot): WhyTask {
  const { address, name, coroutine, ident, waitsFor } = wait.task;
  const frame = placeOf(wait);
  const what = waitedFor(wait);
  return {
    ...{ address, name, coroutine },
    tid: threads.find(({ python }) => ident !== null && python?.ident === ident)?.tid ?? null,
    doing: what === null ? taskDoing(wait) : `waits${inPlaceOfTask(wait)} for ${what}`,
    place:
      frame === null
        ? null
        : { function: frame.qualifiedName ?? frame.function, file: frame.file, line: frame.line },
    waits:
      what === null || waitsFor === null
        ? null
        : {
            ...{
              what,
              address: waitsFor.address,
              timeout: wait.timeout,
              any: wait.any && wait.on.length > 1,
            },
            tasks: wait.on.map((task) => task.address),
            ...(wait.lock === null ? {} : { lock: wait.lock }),
          },
  };
}

/** What each task of asyncio does. */
export function whyTasks(snapshot: Snapshot): WhyTask[] {
  return taskWaitsOf(snapshot).map((wait) => whyTask(wait, snapshot));
}
