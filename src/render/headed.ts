import { displayWidth, wrapText } from './width.js';

/**
 * `heading  status` on one line if it fits, else the status below.
 * @param plain the status without colours; empty: there is none
 */
export function headed(
  heading: string,
  status: string,
  plain: string,
  width: number,
  indent: string,
): string[] {
  if (plain === '') return [heading];
  if (displayWidth(`${heading}  ${plain}`) <= width) return [`${heading}  ${status}`];
  return [
    heading,
    ...(displayWidth(indent + plain) <= width ? [status] : wrapText(plain, width - 2)).map(
      (line) => indent + line,
    ),
  ];
}

/** Of more than this that do the same, only so many are named. */
export const mostNamed = 16;

/** What some that do the same are called. */
export function someNamed(labels: readonly string[]): string[] {
  return labels.length > mostNamed
    ? [...labels.slice(0, mostNamed), `and ${labels.length - mostNamed} more`]
    : [...labels];
}
