import { callTree } from '../../profile/callTree.js';
import { functionTotals, variablesTotals } from '../../profile/functions.js';
import type { Profile, ThreadState } from '../../profile/profile.js';
import { styleOf } from '../style.js';
import { cut, wrapItems, wrapText } from '../width.js';
import { percent, recordingText } from './recordingText.js';
import { functionSection, shareOf, threadSection, type SummaryContext } from './summaryTables.js';

export interface SummaryOptions {
  /** With terminal colours. */
  readonly colour: boolean;
  /** Columns; Infinity: nothing is cut. */
  readonly width: number;
}

function header({ profile: { meta }, style, width }: SummaryContext): string[] {
  const { process, recorded, sampling, warnings } = recordingText(meta);
  return [
    style.heading(cut(process, width)),
    ...wrapItems(recorded, ', ', width),
    ...wrapItems(sampling, ', ', width),
    ...warnings.flatMap((warning) =>
      wrapText(`Warning: ${warning}`, width).map((line) => style.notice(line)),
    ),
  ];
}

function activity(context: SummaryContext): string[] {
  const { profile, tree, width } = context;
  const threads = (state: ThreadState): string => shareOf(tree.total[state], context).toFixed(2);
  const held = profile.spans.reduce((sum, { holdsGil, samples }) => sum + (holdsGil ? samples : 0), 0);
  const averages =
    `On average ${threads('cpu')} threads were on a CPU, ${threads('gil')} waited for the GIL, ` +
    `${threads('idle')} were idle.`;
  const gil = ` The GIL was held for ${percent(shareOf(held, context))} of the time.`;
  return wrapText(held === 0 ? averages : averages + gil, width);
}

/** Where the time went, as text for a person. */
export function renderSummary(profile: Profile, { colour, width }: SummaryOptions): string {
  const barWidth = Math.max(8, Math.min(40, Math.floor(width / 5)));
  const tree = callTree(profile);
  const context: SummaryContext = { profile, tree, style: styleOf(colour), width, barWidth };
  const functions = functionTotals(profile.frames, tree);
  const sections =
    profile.spans.length === 0
      ? [[...header(context), 'No thread was found in any sample.']]
      : [
          [...header(context), ...activity(context)],
          threadSection(context),
          functionSection('total', 'Variables by total time', variablesTotals(profile.frames, tree), context),
          functionSection('self', 'Top functions by self time', functions, context),
          functionSection('total', 'Top functions by total time', functions, context),
        ];
  const texts = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${texts.join('\n\n')}\n`;
}
