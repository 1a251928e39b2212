import { expect, test } from '@jest/globals';
import { mergeStacks, type NativeFrame } from '../../../src/profile/mergeStacks.js';

const native = (name: string): NativeFrame => ({
  name,
  file: '/lib.so',
  evaluates: name === 'loop',
  internal: name.startsWith('_Py'),
});

/** Both innermost first; a Python frame with a loop of its own has a capital letter. */
function merge(python: string, functions: string): string | null {
  const frames = python
    .split('')
    .map((letter) => ({ frame: letter, entry: letter === letter.toUpperCase() }));
  const merged = mergeStacks(frames, functions.split(' ').filter(Boolean).map(native));
  return merged?.map((each) => (typeof each === 'string' ? each : each.name)).join(' ') ?? null;
}

test.each([
  ['A', 'loop', 'A'],
  ['A', 'read loop', 'read A'],
  ['aB', 'read loop', 'read a B'],
  ['AB', 'read loop sort loop', 'read A sort B'],
  ['aBcD', 'x loop y z loop', 'x a B y z c D'],
  // A call that is just beginning or ending.
  ['A', 'x loop y loop', 'x y A'],
  ['aB', 'loop loop', 'a B'],
])('%s in %s is %s', (python, functions, merged) => {
  expect(merge(python, functions)).toBe(merged);
});

test.each([
  ['fewer loops than frames with one', 'AB', 'x loop'],
  ['many more loops', 'A', 'loop loop loop'],
  ['no loop at all', 'A', 'x y'],
  ['a stack that is cut off at its outer end', 'Ab', 'loop'],
  ['nothing', 'A', ''],
])('%s does not fit', (_, python, functions) => {
  expect(merge(python, functions)).toBeNull();
});
