import type { CallTree } from '../../profile/callTree.js';
import { noCounts, sumOf, threadCounts, type StateCounts } from '../../profile/counts.js';
import type { FunctionTotals } from '../../profile/functions.js';
import type { Profile, ProfileThread, ThreadState } from '../../profile/profile.js';
import { escapeUntrusted } from '../escape.js';
import type { Style } from '../style.js';
import { renderTable, type Column } from '../table.js';
import { count, duration, plural } from '../units.js';
import { bar, legend, paintBar } from './bar.js';
import { frameText } from './frameText.js';
import { percent } from './recordingText.js';

/** Rows of a table at the most. */
const mostRows = 20;

/** What the parts of the summary share. */
export interface SummaryContext {
  readonly profile: Profile;
  readonly tree: CallTree;
  readonly style: Style;
  readonly width: number;
  readonly barWidth: number;
}

/** Samples as a share of the recording: more than all of it where several threads were in the same function. */
export function shareOf(samples: number, { profile: { meta } }: SummaryContext): number {
  return samples / Math.max(1, meta.samples);
}

/** The first rows, and how many more there are. */
function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  context: SummaryContext,
): string[] {
  const { style, width } = context;
  const shown = rows.slice(0, mostRows);
  const left = rows.length - shown.length;
  return [
    ...renderTable(shown, columns, width, 'cut', (text) => style.faint(text)),
    ...(left === 0 ? [] : [style.faint(`… ${count(left)} more`)]),
  ];
}

interface ThreadRow {
  readonly thread: ProfileThread;
  readonly counts: Readonly<StateCounts>;
}

/** The threads, those that ran most first. */
export function threadSection(context: SummaryContext): string[] {
  const { profile, style, barWidth } = context;
  const counts = threadCounts(profile);
  const rows = profile.threads
    .map((thread, index): ThreadRow => ({ thread, counts: counts[index] ?? noCounts() }))
    .filter((row) => sumOf(row.counts) > 0)
    .sort(
      (a, b) => b.counts.cpu - a.counts.cpu || b.counts.gil - a.counts.gil || b.counts.idle - a.counts.idle,
    );
  const share = (title: string, state: ThreadState): Column<ThreadRow> => ({
    title,
    align: 'right',
    cell: (row) => percent(shareOf(row.counts[state], context)),
  });
  const columns: Column<ThreadRow>[] = [
    {
      title: '',
      cell: (row) => bar(row.counts, profile.meta.samples, barWidth),
      paint: (text) => paintBar(text, style),
    },
    share('ON CPU', 'cpu'),
    share('GIL', 'gil'),
    share('IDLE', 'idle'),
    { title: 'TID', align: 'right', cell: ({ thread }) => `${thread.tid ?? '?'}` },
    {
      title: 'THREAD',
      cell: ({ thread }) => escapeUntrusted(thread.name ?? '') || '(unnamed)',
      paint: (text) => style.name(text),
    },
  ];
  return [
    `${style.heading(plural(rows.length, 'thread'))}  ${legend(style)}`,
    ...table(rows, columns, context),
  ];
}

/** The functions that were found most often: innermost, or anywhere on a stack. */
export function functionSection(
  which: 'self' | 'total',
  heading: string,
  functions: readonly FunctionTotals[],
  context: SummaryContext,
): string[] {
  const { profile, style, barWidth } = context;
  const rows = functions
    .filter((each) => sumOf(each[which]) > 0)
    .sort((a, b) => sumOf(b[which]) - sumOf(a[which]));
  const longest = rows[0] === undefined ? 0 : sumOf(rows[0][which]);
  const columns: Column<FunctionTotals>[] = [
    {
      title: '',
      cell: (each) => bar(each[which], longest, barWidth),
      paint: (text) => paintBar(text, style),
    },
    {
      title: which.toUpperCase(),
      align: 'right',
      cell: (each) => percent(shareOf(sumOf(each[which]), context)),
    },
    {
      title: 'TIME',
      align: 'right',
      cell: (each) => duration(shareOf(sumOf(each[which]), context) * profile.meta.wallSeconds * 1000),
    },
    {
      title: 'ON CPU',
      align: 'right',
      cell: (each) => percent(each[which].cpu / sumOf(each[which])),
    },
    {
      title: which === 'self' ? 'FUNCTION (FILE:BUSIEST LINE)' : 'FUNCTION (FILE)',
      cell: (each) =>
        frameText(
          { ...each, line: which === 'self' ? each.busiestLine : null },
          profile.meta.process.workingDirectory,
        ),
    },
  ];
  return rows.length === 0 ? [] : [style.heading(heading), ...table(rows, columns, context)];
}
