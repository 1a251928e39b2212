import { cut, displayWidth, padEnd, padStart, wrapText } from './width.js';

/** A column of a table; cells hold plain text. */
export interface Column<Row> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly cell: (row: Row) => string;
  readonly paint?: (text: string, row: Row) => string;
}

/** How the last column behaves when it does not fit: goes on below, or is cut. */
export type Overflow = 'wrap' | 'cut';

const gap = '  ';

/** Rows as lines; the last column takes what the others leave of the width. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number,
  overflow: Overflow,
  paintTitle: (text: string) => string,
): string[] {
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => displayWidth(row[index] ?? ''))),
  );
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, each) => sum + each + gap.length, 0);
  const room = Math.max(20, width - before);

  const aligned = (text: string, index: number): string => {
    if (index === last) return text;
    return (columns[index]?.align === 'right' ? padStart : padEnd)(text, widths[index] ?? 0);
  };
  const lines = [paintTitle(columns.map(({ title }, index) => aligned(title, index)).join(gap))];
  rows.forEach((row, rowIndex) => {
    const texts = cells[rowIndex] ?? [];
    const lastText = texts[last] ?? '';
    const [first = '', ...more] = overflow === 'cut' ? [cut(lastText, room)] : wrapText(lastText, room);
    const painted = columns.map(({ paint }, index) => {
      const text = aligned(index === last ? first : (texts[index] ?? ''), index);
      return paint === undefined ? text : paint(text, row);
    });
    lines.push(painted.join(gap).trimEnd(), ...more.map((line) => ' '.repeat(before) + line));
  });
  return lines;
}
