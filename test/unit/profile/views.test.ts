import { expect, test } from '@jest/globals';
import { onlyHoldingGil, withoutIdle, withoutInternals } from '../../../src/profile/filters.js';
import type { Profile } from '../../../src/profile/profile.js';
import { byState, byThread, withoutEmptyStacks } from '../../../src/profile/pseudoFrames.js';
import { withoutLines } from '../../../src/profile/withoutLines.js';
import { aProfile, aProfileFrame } from '../../support/profiles.js';

/** A profile's spans as the lines that it was built from, with their times: readable, and without any index. */
function linesOf({ threads, frames, nodes, spans }: Profile): string[] {
  return spans.map(({ thread, node, state, holdsGil, samples, startMs, endMs }) => {
    const stack: string[] = [];
    for (let each = nodes[node]; each !== undefined; each = nodes[each.parent]) {
      const { function: name, line } = frames[each.frame]!;
      stack.unshift(line === null ? name : `${name}:${line}`);
    }
    const found = [threads[thread]!.name, state + (holdsGil ? '+gil' : ''), ...stack].join(';');
    return `${found} ${samples} @${startMs}-${endMs}`;
  });
}

const profile = aProfile([
  'main;cpu+gil;run:1;parse:5 3',
  'main;cpu+gil;run:1;parse:6 2',
  'main;idle;run:2;read:9 4',
  'main;idle 1',
  'pool;gil;run:1;parse:5 2',
  'pool;cpu;run:1;parse:5 2',
  'timer;idle;wait:3 10',
]);

test('only what held the GIL: the code of other spans is gone, the threads are not', () => {
  const filtered = onlyHoldingGil(profile);
  expect(linesOf(filtered)).toEqual([
    'main;cpu+gil;run:1;parse:5 3 @0-30',
    'main;cpu+gil;run:1;parse:6 2 @30-50',
  ]);
  expect(filtered.frames).toHaveLength(3);
  expect(filtered.nodes).toHaveLength(3);
  expect(filtered.threads).toBe(profile.threads);
});

test('without what was idle', () => {
  const filtered = withoutIdle(profile);
  expect(linesOf(filtered)).toEqual([
    'main;cpu+gil;run:1;parse:5 3 @0-30',
    'pool;gil;run:1;parse:5 2 @0-20',
    'pool;cpu;run:1;parse:5 2 @20-40',
    'main;cpu+gil;run:1;parse:6 2 @30-50',
  ]);
  expect(filtered.frames.map(({ function: name }) => name)).not.toContain('wait');
});

test('without lines: what only they told apart is one', () => {
  const merged = withoutLines(profile);
  expect(linesOf(merged)).toEqual([
    'main;cpu+gil;run;parse 5 @0-50',
    'pool;gil;run;parse 2 @0-20',
    'timer;idle;wait 10 @0-100',
    'pool;cpu;run;parse 2 @20-40',
    'main;idle;run;read 4 @50-90',
    'main;idle 1 @90-100',
  ]);
  expect(merged.frames).toHaveLength(4);
  expect(merged.nodes).toHaveLength(4);
});

test('functions of the same name in other files, or of C, stay apart without lines', () => {
  const frames = [
    aProfileFrame('f', { line: 1 }),
    aProfileFrame('f', { line: 2, file: '/srv/app/other.py' }),
    aProfileFrame('f', { line: 3, native: true }),
  ];
  const merged = withoutLines(
    aProfile(frames.map((frame) => ({ thread: 'main', state: 'cpu', stack: [frame], samples: 1 }))),
  );
  expect(merged.nodes).toHaveLength(3);
  expect(merged.spans).toHaveLength(3);
});

test('spans with a gap between them are not made one', () => {
  const [first, second] = aProfile(['main;cpu;f:1 1', 'main;cpu;f:2 1']).spans;
  const whole = aProfile(['main;cpu;f:1 1', 'main;cpu;f:2 1']);
  const gap = { ...whole, spans: [first!, { ...second!, startMs: 20, endMs: 30 }] };
  expect(withoutLines(gap).spans).toHaveLength(2);
  expect(withoutLines(whole).spans).toHaveLength(1);
});

test('by thread: an outermost frame names it', () => {
  const view = byThread(profile);
  expect(linesOf(view)).toEqual([
    'main;cpu+gil;thread "main" (4242);run:1;parse:5 3 @0-30',
    'pool;gil;thread "pool" (4243);run:1;parse:5 2 @0-20',
    'timer;idle;thread "timer" (4244);wait:3 10 @0-100',
    'pool;cpu;thread "pool" (4243);run:1;parse:5 2 @20-40',
    'main;cpu+gil;thread "main" (4242);run:1;parse:6 2 @30-50',
    'main;idle;thread "main" (4242);run:2;read:9 4 @50-90',
    'main;idle;thread "main" (4242) 1 @90-100',
  ]);
});

test('by thread: threads without a name, without an id', () => {
  const { threads, ...rest } = aProfile([{ thread: null, state: 'cpu', stack: [], samples: 1 }]);
  const nameOf = (changed: Profile): string | undefined => byThread(changed).frames.at(-1)?.function;
  expect(nameOf({ ...rest, threads })).toBe('thread (4242)');
  expect(nameOf({ ...rest, threads: [{ pid: 1, tid: null, name: 'x' }] })).toBe('thread "x"');
  expect(nameOf({ ...rest, threads: [{ pid: 1, tid: null, name: null }] })).toBe('thread');
});

test('by state: an innermost frame says what a thread waited for', () => {
  expect(linesOf(byState(profile))).toEqual([
    'main;cpu+gil;run:1;parse:5 3 @0-30',
    'pool;gil;run:1;parse:5;[waits for the GIL] 2 @0-20',
    'timer;idle;wait:3;[idle] 10 @0-100',
    'pool;cpu;run:1;parse:5 2 @20-40',
    'main;cpu+gil;run:1;parse:6 2 @30-50',
    'main;idle;run:2;read:9;[idle] 4 @50-90',
    'main;idle;[idle] 1 @90-100',
  ]);
});

test('empty stacks get a frame; a profile without any is left alone', () => {
  expect(linesOf(withoutEmptyStacks(profile)).at(-1)).toBe('main;idle;[no Python frame] 1 @90-100');
  const full = aProfile(['main;cpu;f 1']);
  expect(withoutEmptyStacks(full)).toBe(full);
});

const views = { onlyHoldingGil, withoutIdle, withoutLines, byThread, byState, withoutEmptyStacks };

test.each(Object.entries(views))('%s keeps the contract: callers come before whom they call', (_, view) => {
  for (const each of [profile, aProfile([])]) {
    const { nodes, frames, spans } = view(each);
    nodes.forEach(({ parent, frame }, index) => {
      expect(parent).toBeLessThan(index);
      expect(frames[frame]).toBeDefined();
    });
    expect(spans.every(({ node }) => node < nodes.length)).toBe(true);
    expect(spans).toEqual(spans.toSorted((a, b) => a.startMs - b.startMs));
  }
});

test.each(Object.entries(views))('%s of a stack of 5,000 frames', (_, view) => {
  const stack = Array.from({ length: 5000 }, (_each, line) => aProfileFrame('f', { line }));
  const { nodes } = view(aProfile([{ thread: 'main', state: 'cpu', holdsGil: true, stack, samples: 1 }]));
  expect(nodes.length).toBeGreaterThanOrEqual(5000);
});

test('without the functions of the interpreter: what they did is of those that called them', () => {
  const native = { native: true, file: '/lib.so' };
  const frame = aProfileFrame;
  const stacks = {
    called: [frame('run'), frame('_PyObject_Call', { ...native, internal: true }), frame('sort', native)],
    waiting: [frame('run'), frame('_PyObject_Call', { ...native, internal: true })],
    plain: [frame('run')],
  };
  const spans = Object.entries(stacks).map(([thread, stack]) => ({
    ...{ thread, stack, state: 'cpu' as const, samples: 1 },
  }));
  const filtered = withoutInternals(aProfile(spans));
  expect(linesOf(filtered)).toEqual([
    'called;cpu;run;sort 1 @0-10',
    'waiting;cpu;run 1 @0-10',
    'plain;cpu;run 1 @0-10',
  ]);
  expect(filtered.frames).toHaveLength(2);
  expect(filtered.nodes).toHaveLength(2);
});
