import type { Inspected } from '../model/processTree.js';
import type { WhyReport } from '../model/why.js';
import { escapeUntrusted } from './escape.js';
import { overviewLines } from './processOverview.js';
import { renderWhy, type WhyOptions } from './renderWhy.js';
import { styleOf } from './style.js';

/** Several processes: an overview with the verdict on each, then what was found of those that hang. */
export function renderWhyTree(inspected: readonly Inspected<WhyReport>[], options: WhyOptions): string {
  const style = styleOf(options.colour);
  const overview = overviewLines(
    inspected,
    ({ verdict, text }) => ({
      plain: escapeUntrusted(text.replaceAll('\n', ' ')),
      paint: verdict === 'hung' ? style.bad : style.good,
    }),
    { width: options.width, style },
  );
  const hung = inspected.flatMap((each) =>
    each.kind === 'described' && each.result.verdict === 'hung' ? [renderWhy(each.result, options)] : [],
  );
  return [`${overview.join('\n')}\n`, ...hung].join('\n');
}
