import fastStringWidth from 'fast-string-width';
import stripAnsi from 'strip-ansi';

/** Nearly all that is ever measured. */
const isPlain = /^[\x20-\x7e]*$/;

/** The columns that a line takes on a terminal; its colours take none. */
export function displayWidth(text: string): number {
  const bare = stripAnsi(text);
  return isPlain.test(bare) ? bare.length : fastStringWidth(bare);
}

/** The text with spaces added up to `width` columns. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** As `padEnd`, with the spaces in front: for numbers. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Made when it is first needed: that takes 10 ms. */
let segmenter: Intl.Segmenter | undefined;

/** The longest beginning of an uncoloured text that fits, never half a character. */
function fitting(text: string, width: number): string {
  if (isPlain.test(text)) return text.slice(0, Math.max(0, width));
  let used = 0;
  let end = 0;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const { segment } of segmenter.segment(text)) {
    used += fastStringWidth(segment);
    if (used > width) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

/** An uncoloured text cut to `width` columns; what was cut is said: `"aaaa… +12 characters"`. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const total = Array.from(text).length;
  // The note's own length depends on the number in it: one round with the longest is enough.
  const longest = ` +${total} characters`.length + 1;
  if (width < longest + 8) return `${fitting(text, Math.max(0, width - 1))}…`;
  const kept = fitting(text, width - longest);
  return `${kept}… +${total - Array.from(kept).length} characters`;
}

/** An uncoloured text cut to `width` columns, with no more than a mark. */
export function cutShort(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${fitting(text, Math.max(0, width - 1))}…`;
}

/** Items joined to lines of at most `width` columns (a single longer item gets a line of its own). */
export function wrapItems(items: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    const longer = line === '' ? item : line + separator + item;
    if (line === '' || displayWidth(longer + separator) <= width) {
      line = longer;
    } else {
      lines.push((line + separator).trimEnd());
      line = item;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** An uncoloured text as lines of at most `width` columns, broken at spaces where there are any. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (displayWidth(rest) > width) {
    const head = fitting(rest, Math.max(1, width)) || (Array.from(rest)[0] ?? '');
    const space = rest[head.length] === ' ' ? head.length : head.lastIndexOf(' ');
    const end = space > head.length / 3 ? space : head.length;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  if (rest !== '' || lines.length === 0) lines.push(rest);
  return lines;
}
