import { renderTaskGroup } from '../../render/tasks.js';
import { escapeUntrusted } from '../../render/escape.js';
import { shortPath } from '../../render/paths.js';
import { styleOf } from '../../render/style.js';
import { renderTable, type Column } from '../../render/table.js';
import { framesOfTask, taskWaitsOf, type TaskWait } from '../../tasks/taskWaits.js';
import { taskLine, taskName } from '../../tasks/taskWords.js';
import type { ReplContext } from '../context.js';
import { unquoted } from '../parseLine.js';
import { message, type Outcome, type View } from '../outcome.js';
import type { Verb } from '../verb.js';
import { renderContextOf } from './place.js';

/** The innermost frame outside of asyncio. */
function where({ task }: TaskWait, workingDirectory: string | null): string {
  const frames = framesOfTask(task);
  const frame = frames.find(({ module }) => module?.startsWith('asyncio.') !== true) ?? frames[0];
  if (frame === undefined) return task.coroutine ?? '?';
  const line = frame.line === null ? '' : `:${frame.line}`;
  return `${frame.qualifiedName ?? frame.function} (${shortPath(frame.file, workingDirectory)}${line})`;
}

function table(waits: readonly TaskWait[], workingDirectory: string | null, view: View): string[] {
  const style = styleOf(view.colour);
  const columns: Column<TaskWait>[] = [
    {
      title: 'TASK',
      cell: ({ task }) => escapeUntrusted(taskName(task)),
      paint: (text) => style.heading(text),
    },
    { title: 'WHERE', cell: (wait) => escapeUntrusted(where(wait, workingDirectory)) },
    { title: 'DOES', cell: (wait) => escapeUntrusted(taskLine(wait)) },
  ];
  return renderTable(waits, columns, view.width, 'wrap', (text) => style.faint(text));
}

async function tasks(context: ReplContext, rest: string, signal: AbortSignal): Promise<Outcome> {
  const snapshot = await context.snapshot(signal);
  const wanted = unquoted(rest);
  const waits = taskWaitsOf(snapshot).filter(
    ({ task }) =>
      wanted === '' || task.name === wanted || task.coroutine === wanted || task.address === wanted,
  );
  if (waits.length === 0) {
    return message(wanted === '' ? 'There are no tasks of asyncio.' : `There is no task ${wanted}.`);
  }
  return {
    result: { kind: 'tasks', tasks: waits.map(({ task }) => task) },
    lines: (view) =>
      wanted === ''
        ? table(waits, snapshot.process.workingDirectory, view)
        : waits.flatMap((wait) => renderTaskGroup([wait], renderContextOf(context, view))),
  };
}

export const taskVerbs: readonly Verb[] = [
  {
    name: 'tasks',
    usage: 'tasks [NAME]',
    summary: 'list the tasks of asyncio, or show one with its stack',
    more: 'NAME is that of the task, of its coroutine, or its address.',
    frozen: true,
    run: (context, { rest, signal }) => tasks(context, rest, signal),
  },
];
