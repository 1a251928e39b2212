import type { AsyncioTask } from '../model/asyncioTask.js';
import type { Snapshot } from '../model/snapshot.js';
import { readableTasks, taskWaitsOf, type TaskWait } from '../tasks/taskWaits.js';
import { taskLine, taskName } from '../tasks/taskWords.js';
import type { RenderContext } from './context.js';
import { escapeUntrusted } from './escape.js';
import { renderStacks, type Stack } from './frames.js';
import { grouped } from './grouped.js';
import { headed, someNamed } from './headed.js';
import { shortPath } from './paths.js';
import { stackPlaces } from './stackPlaces.js';
import { count, plural } from './units.js';
import { wrapItems, wrapText } from './width.js';

type TaskGroup = readonly [TaskWait, ...TaskWait[]];

function stackOf({ task }: TaskWait): Stack {
  const { frames, framesTruncated } = task;
  return { frames, framesTruncated, label: escapeUntrusted(taskName(task)) };
}

/** The same for tasks that are at the same lines of the same functions. */
function placeKey(task: AsyncioTask): string {
  return JSON.stringify([task.coroutine, task.running, ...stackPlaces(task)]);
}

/** Where the tasks of a process are: the same for processes whose tasks do the same. */
export function taskPlaces(snapshot: Pick<Snapshot, 'tasks'>): string[] {
  return readableTasks(snapshot).map(placeKey).sort();
}

/** Where the program made it, outside of asyncio. */
function created(task: AsyncioTask, { style, snapshot }: RenderContext): string[] {
  const frame = (task.created ?? []).find(({ file }) => !/\/asyncio\/[a-z_]+\.py$/.test(file));
  if (frame === undefined) return [];
  const place = `${shortPath(frame.file, snapshot.process.workingDirectory)}:${frame.line ?? '?'}`;
  return [`  ${style.faint(escapeUntrusted(`created in ${frame.function} (${place})`))}`];
}

/** `Task "poller"  waits for time to pass` */
export function taskHeading(wait: TaskWait, { style, width }: RenderContext): string[] {
  const heading = style.heading(`Task ${escapeUntrusted(taskName(wait.task))}`);
  const doing = escapeUntrusted(taskLine(wait));
  return headed(heading, doing, doing, width, '  ');
}

/** What the tasks of a group do, and which do so. */
function several(group: TaskGroup, { style, width }: RenderContext): string[] {
  const lines = grouped(group, taskLine).flatMap((same) => {
    const names = someNamed(same.map(({ task }) => escapeUntrusted(taskName(task))));
    return [
      ...wrapText(escapeUntrusted(`${taskLine(same[0])}:`), width - 2).map((line) => `  ${line}`),
      ...wrapItems(names, ', ', width - 4).map((line) => `    ${line}`),
    ];
  });
  return [style.heading(`${group.length} tasks with the same stack:`), ...lines];
}

/** Tasks with the same stack: who they are, what they wait for, their stack. */
export function renderTaskGroup(group: TaskGroup, context: RenderContext): string[] {
  const [first, ...others] = group;
  return [
    ...(others.length === 0 ? taskHeading(first, context) : several(group, context)),
    ...created(first.task, context),
    // The frames of one that runs are those of its thread.
    ...(first.task.frames.length === 0
      ? []
      : renderStacks([stackOf(first), ...others.map(stackOf)], context)),
  ];
}

function loopHeading({ task }: TaskWait, total: number, { labelOfIdent, style }: RenderContext): string {
  const thread = task.ident === null ? undefined : labelOfIdent.get(task.ident);
  const runs = thread === undefined ? 'that no known thread runs' : `of thread ${thread}`;
  return style.heading(`${plural(total, 'task')} in the event loop ${runs}:`);
}

/** The tasks of asyncio, by event loop. */
export function renderTasks(context: RenderContext): string[][] {
  const { snapshot, style } = context;
  const loops = grouped(taskWaitsOf(snapshot), ({ task }) => task.loop).flatMap((waits) => [
    [loopHeading(waits[0], waits.length, context)],
    ...grouped(waits, ({ task }) => placeKey(task)).map((group) => renderTaskGroup(group, context)),
  ]);
  const unreadable = snapshot.tasks.filter((task) => 'error' in task);
  const { tasksTruncated } = snapshot;
  return [
    ...loops,
    ...(unreadable.length === 0 ? [] : [[style.bad(`${plural(unreadable.length, 'task')} cannot be read`)]]),
    ...(tasksTruncated === undefined
      ? []
      : [[style.faint(`… ${count(tasksTruncated.shown)} of ${count(tasksTruncated.total)} tasks shown`)]]),
  ];
}
