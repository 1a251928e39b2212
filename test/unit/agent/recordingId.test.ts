import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { isMakerGone, newRecordingId } from '../../../src/agent/recordingId.js';

test('an id of ours is that of a maker who is there, and never the same', () => {
  const ids = Array.from({ length: 100 }, newRecordingId);
  expect(new Set(ids).size).toBeGreaterThan(95);
  for (const id of ids) {
    expect(id > 0n && id < 1n << 64n).toBe(true);
    expect(isMakerGone(id)).toBe(false);
  }
});

test('a maker that has ended is gone; of one in another pid namespace nothing is known', () => {
  const ended = BigInt(spawnSync('true').pid);
  const own = newRecordingId();
  const pidMask = ((1n << 22n) - 1n) << 22n;
  const others = (own & ~pidMask) | (ended << 22n);
  expect(isMakerGone(others)).toBe(true);
  expect(isMakerGone(others ^ (1n << 63n))).toBe(false);
});
