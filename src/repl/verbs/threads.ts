import { errors } from '../../errors.js';
import type { Snapshot, Thread } from '../../model/snapshot.js';
import { contextOf } from '../../render/renderDump.js';
import { escapeUntrusted } from '../../render/escape.js';
import { shortPath } from '../../render/paths.js';
import { styleOf } from '../../render/style.js';
import { renderTable, type Column } from '../../render/table.js';
import { blockedFor, statusOf, threadLabel } from '../../render/threadStatus.js';
import { paintStatus } from '../../render/threads.js';
import type { ReplContext } from '../context.js';
import type { Looking } from '../looking.js';
import { unquoted } from '../parseLine.js';
import type { Outcome, View } from '../outcome.js';
import type { Verb } from '../verb.js';
import { placeOutcome } from './place.js';

function innermost(thread: Thread) {
  const frame = thread.python?.frames[0];
  if (frame === undefined || 'error' in frame) return null;
  const { function: name, qualifiedName, file, line } = frame;
  return { function: name, ...(qualifiedName === undefined ? {} : { qualifiedName }), file, line };
}

function where(thread: Thread, workingDirectory: string | null): string {
  const place = innermost(thread);
  if (place === null) return thread.python === null ? 'native, unknown to Python' : 'no Python frames';
  const line = place.line === null ? '' : `:${place.line}`;
  return escapeUntrusted(
    `${place.qualifiedName ?? place.function} (${shortPath(place.file, workingDirectory)}${line})`,
  );
}

function table(
  looking: Looking,
  view: View,
  sourceOf: Parameters<typeof contextOf>[1]['sourceOf'],
): string[] {
  const { snapshot } = looking;
  const context = contextOf(snapshot, { ...view, sourceOf });
  const style = styleOf(view.colour);
  const columns: Column<Thread>[] = [
    {
      title: '  NO',
      align: 'right',
      cell: (thread) => `${thread === looking.thread ? '* ' : ''}${looking.numberOf(thread)}`,
    },
    { title: 'THREAD', cell: threadLabel, paint: (text) => style.heading(text) },
    { title: 'WHERE', cell: (thread) => where(thread, snapshot.process.workingDirectory) },
    {
      title: 'DOES',
      cell: (thread) => statusOf(thread, blockedFor([thread])),
      paint: (text, thread) => paintStatus(text, thread, context),
    },
  ];
  return renderTable(snapshot.threads, columns, view.width, 'wrap', (text) => style.faint(text));
}

async function threads(context: ReplContext, signal: AbortSignal): Promise<Outcome> {
  const snapshot = await context.snapshot(signal);
  const { looking } = context;
  return {
    result: {
      kind: 'threads',
      threads: snapshot.threads.map((thread) => ({
        ...looking.describeThread(thread),
        place: innermost(thread),
      })),
    },
    lines: (view) => table(looking, view, context.ports.sourceOf(snapshot)),
  };
}

function names({ python, kernel }: Thread): string[] {
  return [python?.name, kernel?.name].filter((name) => name !== null && name !== undefined);
}

/** By number, kernel id or name; a name may be cut short where no other begins so. */
function findThread(looking: Looking, snapshot: Snapshot, wanted: string): Thread | null {
  const { threads: all } = snapshot;
  const exact =
    all.find((thread) => String(looking.numberOf(thread)) === wanted) ??
    all.find(({ tid }) => String(tid) === wanted) ??
    all.find((thread) => thread.python?.name === wanted) ??
    all.find((thread) => names(thread).includes(wanted));
  if (exact !== undefined) return exact;
  const beginning = all.filter((thread) => names(thread).some((name) => name.startsWith(wanted)));
  return (beginning.length === 1 ? beginning[0] : undefined) ?? null;
}

async function thread(context: ReplContext, rest: string, signal: AbortSignal): Promise<Outcome> {
  const snapshot = await context.snapshot(signal);
  const { looking } = context;
  if (rest !== '') {
    const wanted = unquoted(rest);
    const found = findThread(looking, snapshot, wanted);
    if (found === null) {
      const there = snapshot.threads.map((each) => `${looking.numberOf(each)}: ${threadLabel(each)}`);
      throw errors.noSuchThread(snapshot.process.pid, wanted, there);
    }
    looking.chooseThread(found);
    context.listed = null;
  }
  return placeOutcome(context, true);
}

export const threadVerbs: readonly Verb[] = [
  {
    name: 'threads',
    usage: 'threads',
    summary: 'list the threads',
    frozen: true,
    run: (context, { signal }) => threads(context, signal),
  },
  {
    name: 'thread',
    aliases: ['t'],
    usage: 'thread [N|NAME]',
    summary: 'choose a thread by its number, its id or its name; show the chosen one',
    more: 'The numbers are those of `threads`. A thread keeps its number as long as it lives.',
    takes: 'thread',
    frozen: true,
    run: (context, { rest, signal }) => thread(context, rest, signal),
  },
];
