/** Comparing outputs that documents show with what is printed today: what differs each time is made equal first. */

/** Numbers, times, addresses, paths: those of another process, Python or machine are as good. */
function withoutVariety(line: string): string {
  return line
    .replace(/0x[0-9a-f]+/g, '0x')
    .replace(/\d+(?:[.:T-]\d+)*Z?/g, '0')
    .replace(/\b0 (?:µs|ms|s|min)\b/g, '0 s')
    .replace(/(?<=[ "(])\/[\w./-]*\//g, '')
    .replace(/, user \S+, in [^ ,]+,/, ', user and directory,')
    .replace(/^( *0 +0 +0 +)\S+/, '$1user')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The lines of an output as they are to be compared. */
export type Shape = (output: string) => string[];

/** Without what differs from time to time. */
export const shapeOf: Shape = (output) => exactly(output).map(withoutVariety);

/** Of what is the same each time: all but colours, and spaces at the ends of lines. */
export const exactly: Shape = (output) =>
  output
    .replace(/\u001b\[[\d;]*m/g, '')
    .replaceAll('\r', '')
    .replace(/^\n+/, '')
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());

/** Does an output have the lines that were shown? `[...]` stands for any lines, or any words within one. */
export function isShownBy(shown: string, output: string, shape: Shape = shapeOf): boolean {
  const pattern = shape(shown).map((line) =>
    line === '[...]'
      ? '(?:[^\n]*\n)*?'
      : `${line
          .split('[...]')
          .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('[^\n]*')}\n`,
  );
  return new RegExp(`^${pattern.join('')}(?:[^\n]*\n)*$`).test(`${shape(output).join('\n')}\n`);
}
