import { callTree } from '../../profile/callTree.js';
import { sumOf } from '../../profile/counts.js';
import { functionTotals, type FunctionTotals } from '../../profile/functions.js';
import type { Profile, RecordingMeta } from '../../profile/profile.js';
import { frameText } from '../profile/frameText.js';
import { percent, recordingText } from '../profile/recordingText.js';
import { styleOf, type Style } from '../style.js';
import { renderTable, type Column } from '../table.js';
import { count } from '../units.js';
import { cut, wrapItems, wrapText } from '../width.js';
import { aligned } from './aligned.js';

export interface DiffSummaryOptions {
  /** With terminal colours. */
  readonly colour: boolean;
  /** Columns; Infinity: nothing is cut. */
  readonly width: number;
}

/** Rows at the most. */
const mostRows = 40;
/** Changes below this are not shown: 0.05 percentage points, which would be printed as 0.0. */
const leastChange = 0.0005;

/** Shares of all samples, 0 to 1. */
interface Shares {
  readonly self: number;
  readonly total: number;
}

interface Row {
  readonly text: string;
  readonly before: Shares;
  readonly after: Shares;
}

function about(label: string, meta: RecordingMeta, style: Style, width: number): string[] {
  const { process, recorded, sampling, warnings } = recordingText(meta);
  return [
    style.heading(cut(`${label}: ${process}`, width)),
    ...wrapItems([...recorded, ...sampling], ', ', width),
    ...warnings.flatMap((warning) =>
      wrapText(`Warning: ${warning}`, width).map((line) => style.notice(line)),
    ),
  ];
}

/** What is said of each function, those that changed most first. */
function changedRows(before: Profile, after: Profile): Row[] {
  // As the frames are the same, so are the functions, in the same order.
  const [first, second] = aligned(before, after);
  const totalsOf = (profile: Profile): [FunctionTotals[], number] => {
    const tree = callTree(profile);
    return [functionTotals(profile.frames, tree), sumOf(tree.total)];
  };
  const [totals, all] = totalsOf(first);
  const [totalsAfter, allAfter] = totalsOf(second);
  const shares = (each: FunctionTotals | undefined, whole: number): Shares => ({
    self: each === undefined ? 0 : sumOf(each.self) / Math.max(1, whole),
    total: each === undefined ? 0 : sumOf(each.total) / Math.max(1, whole),
  });
  const rows = totals.map((each, index): Row => ({
    // The files are short already.
    text: frameText({ ...each, line: null }, null),
    before: shares(each, all),
    after: shares(totalsAfter[index], allAfter),
  }));
  const change = (row: Row, which: keyof Shares): number => Math.abs(row.after[which] - row.before[which]);
  return rows
    .filter((row) => Math.max(change(row, 'self'), change(row, 'total')) >= leastChange)
    .sort((a, b) => change(b, 'self') - change(a, 'self') || change(b, 'total') - change(a, 'total'));
}

function points(change: number): string {
  const text = (Math.abs(change) * 100).toFixed(1);
  return text === '0.0' ? '0.0' : `${change < 0 ? '−' : '+'}${text}`;
}

function columnsOf(which: keyof Shares, style: Style): Column<Row>[] {
  return [
    { title: which.toUpperCase(), align: 'right', cell: ({ after }) => percent(after[which]) },
    {
      title: 'CHANGE',
      align: 'right',
      cell: ({ before, after }) => points(after[which] - before[which]),
      paint: (text) => (text.includes('+') ? style.bad(text) : text.includes('−') ? style.good(text) : text),
    },
  ];
}

/** Which functions got more or less of the samples from one recording to another, as text for a person. */
export function renderDiffSummary(
  before: Profile,
  after: Profile,
  { colour, width }: DiffSummaryOptions,
): string {
  const style = styleOf(colour);
  const rows = changedRows(before, after);
  const shown = rows.slice(0, mostRows);
  const columns: Column<Row>[] = [
    ...columnsOf('self', style),
    ...columnsOf('total', style),
    {
      title: '',
      cell: (row) => (row.before.total === 0 ? 'new' : row.after.total === 0 ? 'gone' : ''),
      paint: (text) => style.notice(text),
    },
    { title: 'FUNCTION', cell: ({ text }) => text },
  ];
  const left = rows.length - shown.length;
  const table =
    rows.length === 0
      ? ['No function has more or less of the samples than before.']
      : [
          ...wrapText(
            'Shares of the samples of all threads after; their change in percentage points:',
            width,
          ),
          ...renderTable(shown, columns, width, 'cut', (text) => style.faint(text)),
          ...(left === 0 ? [] : [style.faint(`… ${count(left)} more`)]),
        ];
  const sections = [
    about('Before', before.meta, style, width),
    about('After', after.meta, style, width),
    table,
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
