export type Columns<Measurement> = readonly (readonly [
  heading: string,
  /** Null: there is no such thing for this tool. */
  pick: (measurement: Measurement) => number | null,
])[];

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

const number = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

function cell(values: number[], reference: number[]): string {
  if (values.length === 0) return '';
  const range = `${number(median(values))} (${number(Math.min(...values))} to ${number(Math.max(...values))})`;
  const ratio = median(values) / median(reference);
  // Nothing is a multiple of nothing, nor of less.
  return values === reference || !(ratio > 0 && ratio < Infinity) ? range : `${range}, ${ratio.toFixed(1)}x`;
}

function picks<Measurement>(
  measurements: readonly Measurement[],
  pick: (measurement: Measurement) => number | null,
): number[] {
  return measurements.map(pick).filter((value) => value !== null);
}

/** A table in Markdown: a row a tool; the first is what the others are compared with. */
export function tableOf<Measurement>(
  measured: Map<string, Measurement[]>,
  columns: Columns<Measurement>,
): string {
  const reference = [...measured.values()][0] ?? [];
  const picked = columns.map(([, pick]) => picks(reference, pick));
  const lines = [
    `| | ${columns.map(([heading]) => heading).join(' | ')} |`,
    `|---|${columns.map(() => '---').join('|')}|`,
    ...[...measured].map(([name, measurements]) => {
      if (measurements.length === 0) return `| ${name} |${' failed |'.repeat(columns.length)}`;
      const cells = columns.map(([, pick], i) =>
        cell(measurements === reference ? (picked[i] ?? []) : picks(measurements, pick), picked[i] ?? []),
      );
      return `| ${name} | ${cells.join(' | ')} |`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}
