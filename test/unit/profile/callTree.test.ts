import { expect, test } from '@jest/globals';
import { callTree } from '../../../src/profile/callTree.js';
import { functionTotals, type FunctionTotals } from '../../../src/profile/functions.js';
import type { Profile } from '../../../src/profile/profile.js';
import { aProfile, aProfileFrame, pseudoRandom } from '../../support/profiles.js';

function totalsOf(profile: Profile): Map<string, FunctionTotals> {
  const totals = functionTotals(profile.frames, callTree(profile));
  return new Map(totals.map((each) => [each.function, each]));
}

const only = (state: 'cpu' | 'gil' | 'idle', samples: number): object => ({
  ...{ cpu: 0, gil: 0, idle: 0 },
  [state]: samples,
});

test('a call tree: samples of the node itself, and with what it called, by state', () => {
  const profile = aProfile([
    'a;cpu;main;f 3',
    'a;idle;main;f;g 2',
    'b;gil;main 1',
    'b;cpu;other 4',
    'b;idle 6',
  ]);
  const tree = callTree(profile);
  const nameOf = (node: number): string => profile.frames[tree.nodes[node]!.frame]!.function;
  expect(tree.roots.map(nameOf)).toEqual(['main', 'other']);
  const [main, f, g] = tree.nodes;
  expect(main).toMatchObject({
    parent: -1,
    children: [1],
    self: only('gil', 1),
    total: { cpu: 3, gil: 1, idle: 2 },
  });
  expect(f).toMatchObject({
    parent: 0,
    children: [2],
    self: only('cpu', 3),
    total: { cpu: 3, gil: 0, idle: 2 },
  });
  expect(g).toMatchObject({ parent: 1, children: [], self: only('idle', 2), total: only('idle', 2) });
  expect(tree.withoutFrames).toEqual(only('idle', 6));
  expect(tree.total).toEqual({ cpu: 7, gil: 1, idle: 8 });
});

test('a function that calls itself, also by way of another, is counted once a sample', () => {
  const totals = totalsOf(
    aProfile(['t;cpu;f;g;f;f 5', 't;cpu;f;g 2', 't;cpu;g;f 1', 't;idle;h;f 10', 't;cpu;h 1']),
  );
  expect(totals.get('f')).toMatchObject({ self: { cpu: 6, idle: 10 }, total: { cpu: 8, idle: 10 } });
  expect(totals.get('g')).toMatchObject({ self: { cpu: 2, idle: 0 }, total: { cpu: 8, idle: 0 } });
  expect(totals.get('h')).toMatchObject({ self: { cpu: 1, idle: 0 }, total: { cpu: 1, idle: 10 } });
});

test('lines of a function are counted together; the busiest is told', () => {
  const totals = totalsOf(aProfile(['t;cpu;f:10 3', 't;cpu;f:11 2', 't;idle;f:11 2', 't;cpu;f:12;g 9']));
  expect(totals.get('f')).toMatchObject({
    busiestLine: 11,
    self: { cpu: 5, idle: 2 },
    total: { cpu: 14, idle: 2 },
  });
  expect(totals.get('g')).toMatchObject({ busiestLine: null });
});

/** Counts the long way: for each span the set of its functions. */
function countedOneByOne({ frames, nodes, spans }: Profile): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { node, samples } of spans) {
    const names = new Set<string>();
    for (let each = nodes[node]; each !== undefined; each = nodes[each.parent]) {
      names.add(frames[each.frame]!.function);
    }
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + samples);
  }
  return counts;
}

test.each([1, 2, 3, 4, 5])('totals are those that counting each sample by itself gives (%i)', (seed) => {
  const random = pseudoRandom(seed);
  const upTo = (most: number): number => Math.floor(random.next().value * most);
  const profile = aProfile(
    Array.from({ length: 300 }, () => ({
      thread: `t${upTo(4)}`,
      state: (['cpu', 'gil', 'idle'] as const)[upTo(3)]!,
      stack: Array.from({ length: upTo(12) }, () => aProfileFrame(`f${upTo(5)}`, { line: upTo(2) })),
      samples: 1 + upTo(9),
    })),
  );
  const expected = countedOneByOne(profile);
  for (const [name, { total }] of totalsOf(profile)) {
    expect(total.cpu + total.gil + total.idle).toBe(expected.get(name));
  }
});

test('deep recursion', () => {
  const stack = Array.from({ length: 5000 }, () => aProfileFrame('f'));
  const profile = aProfile([{ thread: 't', state: 'cpu', stack, samples: 3 }]);
  expect(callTree(profile).nodes[0]?.total).toEqual(only('cpu', 3));
  expect(totalsOf(profile).get('f')).toMatchObject({ self: only('cpu', 3), total: only('cpu', 3) });
});

test('nothing', () => {
  const tree = callTree(aProfile([]));
  expect(tree).toEqual({ nodes: [], roots: [], withoutFrames: only('cpu', 0), total: only('cpu', 0) });
  expect(functionTotals([], tree)).toEqual([]);
});
