import { callTree, type CallTree } from '../../profile/callTree.js';
import { sumOf, type StateCounts } from '../../profile/counts.js';
import type { Profile, RecordingMeta } from '../../profile/profile.js';
import { aligned } from '../diff/aligned.js';
import { percent, recordingText } from '../profile/recordingText.js';
import { cut } from '../width.js';
import { changeColour, fullChange, neutral } from './colours.js';
import { flameGraph, type TreeToDraw } from './flameGraph.js';
import { frameTexts } from './frameTexts.js';
import { flamegraphSvg } from './svg.js';

/** By node: how many samples of `before` have gone, that is, were in it or below it in what `after` never was in. */
function vanishedSamples(before: CallTree, after: CallTree): Float64Array {
  const vanished = new Float64Array(before.nodes.length);
  for (let index = before.nodes.length - 1; index >= 0; index--) {
    const node = before.nodes[index];
    if (node === undefined) continue;
    if (sumOf(after.nodes[index]?.total ?? after.withoutFrames) === 0) vanished[index] = sumOf(node.total);
    if (node.parent < 0 || vanished[index] === 0) continue;
    vanished[node.parent] = (vanished[node.parent] ?? 0) + (vanished[index] ?? 0);
  }
  return vanished;
}

function paragraph(label: string, meta: RecordingMeta): string[] {
  const { process, recorded, sampling } = recordingText(meta);
  return [cut(`${label}: ${process}`, 180), ...recorded, ...sampling];
}

/**
 * What changed from one recording to another, as a flame graph of the second. What the second no longer has follows
 * below, drawn to the same scale.
 */
export function renderFlamegraphDiff(before: Profile, after: Profile): string {
  const [first, second] = aligned(before, after);
  const [firstTree, secondTree] = [callTree(first), callTree(second)];
  const [all, allAfter] = [sumOf(firstTree.total), sumOf(secondTree.total)];
  const details = (one: Readonly<StateCounts>, other: Readonly<StateCounts>): [number, number] => [
    sumOf(one),
    sumOf(other),
  ];
  const ofNode = (index: number): [number, number] =>
    details(
      firstTree.nodes[index]?.total ?? firstTree.withoutFrames,
      secondTree.nodes[index]?.total ?? secondTree.withoutFrames,
    );
  const ofAll = details(firstTree.total, secondTree.total);
  const fillOf = ([one, other]: readonly [number, number]): string =>
    changeColour(other / Math.max(1, allAfter) - one / Math.max(1, all));

  const vanished = vanishedSamples(firstTree, secondTree);
  const gone = firstTree.roots.reduce((sum, index) => sum + (vanished[index] ?? 0), 0);
  const trees: TreeToDraw[] = [
    {
      tree: secondTree,
      root: { weight: allAfter, fill: neutral, details: ofAll },
      node: (index) => {
        const counts = ofNode(index);
        return { weight: counts[1], fill: fillOf(counts), details: counts };
      },
      whole: allAfter,
      heading: '',
    },
  ];
  if (gone > 0) {
    trees.push({
      tree: firstTree,
      root: { weight: gone, fill: neutral, details: ofAll },
      node: (index) => {
        const counts = ofNode(index);
        // What is still there is shown only for what it called.
        const fill = counts[1] > 0 ? neutral : fillOf(counts);
        return { weight: vanished[index] ?? 0, fill, details: counts };
      },
      whole: all,
      heading: `Gone: ${percent(gone / all)} of the samples before were in what is never found after (grey: its callers)`,
    });
  }
  const graph = flameGraph({ kind: 'change', ...frameTexts(second), samples: [all, allAfter] }, trees);
  const empty = [all === 0 ? 'before' : '', allAfter === 0 ? 'after' : ''].filter((each) => each !== '');
  return flamegraphSvg(
    {
      title: 'What changed from one recording to another',
      paragraphs: [paragraph('Before', before.meta), paragraph('After', after.meta)],
      warnings: [
        ...recordingText(before.meta).warnings.map((warning) => `Before: ${warning}`),
        ...recordingText(after.meta).warnings.map((warning) => `After: ${warning}`),
        ...empty.map((which) => `There is no sample ${which}.`),
      ],
      legend: `As wide as its share after. Red: grew, blue: shrank; full colour from ${fullChange * 100} percentage points on.`,
    },
    graph,
  );
}
