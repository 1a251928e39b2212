import { expect, test } from '@jest/globals';
import { frameReference } from '../../../src/live/frameReference.js';

const frame = (name: string, line: number | null) => ({
  ...{ function: name, file: '/srv/app.py', line, module: null, entry: false },
});

test('a frame is known by its callers, the nearest first', () => {
  const frames = [frame('work', 3), { error: 'unreadable' }, frame('loop', null), frame('main', 9)];
  expect(frameReference(77, frames, 0)).toEqual({
    ...{ ident: 77, depth: 3, function: 'work', file: '/srv/app.py', line: 3 },
    callers: [null, null, 9],
  });
  expect(frameReference(77, frames, 3)).toMatchObject({ depth: 0, callers: [] });
  expect(frameReference(77, frames, 1)).toBeNull();
  expect(frameReference(77, frames, 4)).toBeNull();
});

test('of many callers the nearest 50 are told', () => {
  const frames = Array.from({ length: 200 }, (_, index) => frame('again', index));
  const reference = frameReference(77, frames, 100);
  expect(reference?.depth).toBe(99);
  expect(reference?.callers).toEqual(Array.from({ length: 50 }, (_, index) => 101 + index));
});
