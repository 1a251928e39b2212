import { describe, expect, test } from '@jest/globals';
import { callTree } from '../../../../src/profile/callTree.js';
import { sumOf } from '../../../../src/profile/counts.js';
import type { Profile } from '../../../../src/profile/profile.js';
import {
  boxText,
  cutToColumns,
  findMatches,
  layoutOf,
  placeBoxes,
  type FlamePicture,
  type FlameView,
} from '../../../../src/render/flamegraph/drawing.js';
import { flameGraph, type FlameGraph } from '../../../../src/render/flamegraph/flameGraph.js';
import { frameTexts } from '../../../../src/render/flamegraph/frameTexts.js';
import { largeProfile } from '../../../support/largeProfile.js';
import { aProfile } from '../../../support/profiles.js';

function graphOf(profile: Profile): FlameGraph {
  const tree = callTree(profile);
  const samples = sumOf(tree.total);
  const node = (weight: number) => ({ weight, fill: '#fff', details: [0, 0] as const });
  return flameGraph({ kind: 'samples', ...frameTexts(profile), samples: [samples] }, [
    {
      tree,
      root: node(samples),
      node: (index) => node(sumOf(tree.nodes[index]!.total)),
      whole: samples,
      heading: '',
    },
  ]);
}

const view: FlameView = { focus: -1, width: 1000, mostBoxes: 1e6, matches: null, tooltips: false };
const place = (graph: FlameGraph, more: Partial<FlameView>): FlamePicture =>
  placeBoxes(graph, layoutOf(graph), { ...view, ...more });
const named = (graph: FlameGraph, name: string): number => graph.frames.indexOf(graph.names.indexOf(name));

const graph = graphOf(
  aProfile([
    'main;cpu;run;serve;parse;scan 30',
    'main;cpu;run;serve;parse 10',
    'main;cpu;run;serve;render;scan 20',
    'main;idle;run;poll 40',
  ]),
);

describe('zoom', () => {
  test('a frame, below its callers, as wide as the picture', () => {
    const { boxes } = place(graph, { focus: named(graph, 'serve') });
    const shown = boxes.map(({ node, x, y, width }) => [
      graph.names[graph.frames[node]!],
      Math.round(x),
      y,
      Math.round(width),
    ]);
    expect(shown).toEqual([
      ['all', 0, 0, 1000],
      ['run', 0, 18, 1000],
      ['serve', 0, 36, 1000],
      ['parse', 0, 54, 667],
      ['scan', 0, 72, 500],
      ['render', 667, 54, 333],
      ['scan', 667, 72, 333],
    ]);
  });

  test('of many callers the nearest are shown, and the outermost', () => {
    const deep = graphOf(
      aProfile([`main;cpu;${Array.from({ length: 5000 }, (_, index) => `f${index}`).join(';')} 1`]),
    );
    const { boxes, notes } = place(deep, { focus: named(deep, 'f4990') });
    const shown = boxes.map(({ node }) => deep.names[deep.frames[node]!]);
    expect(shown).toEqual(['all', ...Array.from({ length: 7 + 10 }, (_, index) => `f${4983 + index}`)]);
    expect(notes.map(({ text }) => text)).toEqual(['▴ 4,983 more callers']);
    expect(new Set(boxes.map(({ y }) => y)).size).toBe(boxes.length);
  });

  test('where there are too many boxes, the narrowest are left out', () => {
    const large = graphOf(largeProfile(2000));
    const all = place(large, {}).boxes;
    const some = place(large, { mostBoxes: 200 }).boxes;
    expect(all.length).toBeGreaterThan(500);
    expect(some.length).toBeLessThanOrEqual(200);
    expect(some.length).toBeGreaterThan(80);
    const narrowest = Math.min(...some.map(({ width }) => width));
    expect(all.filter(({ width }) => width > narrowest).length).toBeLessThan(some.length);
  });
});

describe('search', () => {
  const search = (query: string, focus = -1): [share: string, names: string[]] => {
    const { matches, share } = findMatches(graph, layoutOf(graph), query, focus);
    return [share, graph.frames.filter((_, node) => matches[node]).map((frame) => graph.names[frame]!)];
  };

  test('samples with a match anywhere on the stack, each once', () => {
    expect(search('scan')).toEqual(['50.0%', ['scan', 'scan']]);
    expect(search('parse|scan')).toEqual(['60.0%', ['parse', 'scan', 'scan']]);
    expect(search('POLL')).toEqual(['40.0%', ['poll']]);
    expect(search('^worker')).toEqual(['0.0%', []]);
    expect(search('worker\\.py$')[0]).toBe('100.0%');
  });

  test('the share of what is zoomed to', () => {
    expect(search('scan', named(graph, 'serve'))[0]).toBe('83.3%');
  });

  test('what is no regular expression is a text', () => {
    expect(search('(')).toEqual(['0.0%', []]);
    const lambdas = graphOf(aProfile(['main;cpu;run;f(x[ 1', 'main;cpu;run;g 3']));
    expect(findMatches(lambdas, layoutOf(lambdas), 'F(x[', -1).share).toBe('25.0%');
  });

  test('the root is no function', () => {
    expect(search('^all ')).toEqual(['0.0%', []]);
  });

  test('a large graph, compared with a count of spans', () => {
    const profile = largeProfile(2000, 7);
    const large = graphOf(profile);
    const { share } = findMatches(large, layoutOf(large), '^get_', -1);
    let found = 0;
    let all = 0;
    for (const { node, samples } of profile.spans) {
      all += samples;
      for (let each = node; each >= 0; each = profile.nodes[each]!.parent) {
        if (!profile.frames[profile.nodes[each]!.frame]!.function.startsWith('get_')) continue;
        found += samples;
        break;
      }
    }
    expect(share).toBe(`${((found / all) * 100).toFixed(1)}%`);
  });
});

describe('the text of a box', () => {
  test.each([
    ['serve', 5, 'serve'],
    ['serve', 4, 'ser…'],
    ['serve', 2, 's…'],
    ['serve', 1, ''],
    ['한글이름', 8, '한글이름'],
    ['한글이름', 7, '한글이…'],
    ['한글이름', 6, '한글…'],
    ['a😀b', 3, 'a…'],
    ['', 3, ''],
  ])('%j in %i columns', (text, columns, expected) => {
    expect(cutToColumns(text, columns)).toBe(expected);
  });

  test('the place, where there is room for it', () => {
    expect(boxText('f', 'worker.py:3', 150)).toBe('f <tspan class="place">worker.py:3</tspan>');
    expect(boxText('f', 'worker.py:3', 80)).toBe('f <tspan class="place">worker.…</tspan>');
    expect(boxText('f', 'worker.py:3', 40)).toBe('f');
    expect(boxText('f', 'worker.py:3', 20)).toBe('');
    expect(boxText('<a>', '&', 200)).toBe('&lt;a&gt; <tspan class="place">&amp;</tspan>');
  });
});
