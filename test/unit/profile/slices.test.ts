import { expect, test } from '@jest/globals';
import type { Profile } from '../../../src/profile/profile.js';
import { slicesOf } from '../../../src/profile/slices.js';
import { aProfile, aProfileFrame } from '../../support/profiles.js';

/** `name start-end`, deeper ones further to the right. */
function drawn({ frames, nodes, spans }: Profile): string[] {
  return slicesOf(nodes, spans).map(({ node, startMs, endMs }) => {
    let depth = -1;
    for (let each = nodes[node]; each !== undefined; each = nodes[each.parent]) depth++;
    return `${'  '.repeat(depth)}${frames[nodes[node]!.frame]!.function} ${startMs}-${endMs}`;
  });
}

test('a frame that stays on the stack is one slice', () => {
  expect(
    drawn(aProfile(['t;cpu;main;f;x 1', 't;cpu;main;f;y 1', 't;idle;main;f;y 1', 't;cpu;main;g 1'])),
  ).toEqual(['main 0-40', '  f 0-30', '    x 0-10', '    y 10-30', '  g 30-40']);
});

test('a call that returned and came again between two samples looks like one that stayed', () => {
  expect(drawn(aProfile(['t;cpu;main;f 1', 't;cpu;main 1', 't;cpu;main;f 2']))).toEqual([
    'main 0-40',
    '  f 0-10',
    '  f 20-40',
  ]);
});

test('recursion: each call is a slice of its own', () => {
  expect(drawn(aProfile(['t;cpu;f;f 1', 't;cpu;f;f;f 1', 't;cpu;f 1']))).toEqual([
    'f 0-30',
    '  f 0-20',
    '    f 10-20',
  ]);
});

test('no Python frame between two stacks: both end and begin', () => {
  expect(drawn(aProfile(['t;cpu;main 1', 't;idle 1', 't;cpu;main 1']))).toEqual(['main 0-10', 'main 20-30']);
});

test('what was not seen in between is not drawn', () => {
  const profile = aProfile(['t;cpu;main 1', 't;cpu;main 1']);
  const [first, second] = profile.spans;
  expect(drawn({ ...profile, spans: [first!, { ...second!, startMs: 50, endMs: 60 }] })).toEqual([
    'main 0-10',
    'main 50-60',
  ]);
});

test('a span that took no time is left out', () => {
  const profile = aProfile(['t;cpu;main 1', 't;cpu;main;f 1']);
  const [first, second] = profile.spans;
  expect(drawn({ ...profile, spans: [first!, { ...second!, endMs: second!.startMs }] })).toEqual([
    'main 0-10',
  ]);
});

test('a stack of 5,000 frames', () => {
  const stack = Array.from({ length: 5000 }, () => aProfileFrame('f'));
  const { nodes, spans } = aProfile([{ thread: 't', state: 'cpu', stack, samples: 1 }]);
  expect(slicesOf(nodes, spans)).toHaveLength(5000);
  expect(slicesOf([], [])).toEqual([]);
});
