import type { WhyGreenlet } from '../model/why.js';
import { escapeUntrusted } from './escape.js';
import { grouped } from './grouped.js';
import type { Style } from './style.js';
import { plural } from './units.js';
import { wrapText } from './width.js';

/** Of more greenlets than this that do the same, only so many are named. */
const mostNamed = 8;

function labelOf({ address, name }: WhyGreenlet): string {
  return name === null ? address : `${address} "${escapeUntrusted(name)}"`;
}

function renderGroup(group: readonly [WhyGreenlet, ...WhyGreenlet[]], width: number, style: Style): string[] {
  const labels = group.slice(0, mostNamed).map(labelOf);
  if (group.length > labels.length) labels.push(`and ${group.length - labels.length} more`);
  const [heading = '', ...others] = wrapText(labels.join(', '), width - 2);
  return [
    `  ${style.name(heading)}`,
    ...others.map((line) => `    ${line}`),
    ...wrapText(escapeUntrusted(group[0].doing), width - 6).map((line, index) =>
      index === 0 ? `    ${line}` : `      ${line}`,
    ),
  ];
}

/** The greenlets of a report, those that do the same once. */
export function renderWhyGreenlets(greenlets: readonly WhyGreenlet[], width: number, style: Style): string[] {
  if (greenlets.length === 0) return [];
  return [
    style.heading(`${plural(greenlets.length, 'greenlet')}, switched out`),
    ...grouped(greenlets, ({ doing }) => doing).flatMap((group) => renderGroup(group, width, style)),
  ];
}
