import { callTree } from '../../profile/callTree.js';
import { sumOf, type StateCounts } from '../../profile/counts.js';
import type { Profile } from '../../profile/profile.js';
import { recordingText } from '../profile/recordingText.js';
import { cut } from '../width.js';
import { fileColour, neutral } from './colours.js';
import { flameGraph, type FlameNode } from './flameGraph.js';
import { frameTexts } from './frameTexts.js';
import { flamegraphSvg } from './svg.js';

/**
 * A flame graph as one SVG file, with the outermost frames on top. In a browser one can zoom and search; without
 * scripts it is a picture.
 */
export function renderFlamegraph(profile: Profile): string {
  const tree = callTree(profile);
  const colours = profile.frames.map((frame) => fileColour(frame));
  const node = (counts: Readonly<StateCounts>, fill: string): FlameNode => ({
    weight: sumOf(counts),
    fill,
    details: [counts.gil, counts.idle],
  });
  const samples = sumOf(tree.total);
  const graph = flameGraph({ kind: 'samples', ...frameTexts(profile), samples: [samples] }, [
    {
      tree,
      root: node(tree.total, neutral),
      node: (index) => {
        const each = tree.nodes[index];
        return node(each?.total ?? tree.withoutFrames, colours[each?.frame ?? -1] ?? neutral);
      },
      whole: samples,
      heading: '',
    },
  ]);
  const { process, recorded, sampling, warnings } = recordingText(profile.meta);
  return flamegraphSvg(
    {
      title: cut(process, 180),
      paragraphs: [recorded, sampling],
      warnings: [...warnings, ...(samples === 0 ? ['There is no sample to show.'] : [])],
      legend: 'Callers on top. As wide as it has samples. A colour a file; blue is native code.',
    },
    graph,
  );
}
