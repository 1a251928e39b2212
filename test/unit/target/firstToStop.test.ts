import { expect, test } from '@jest/globals';
import { firstToStop } from '../../../src/target/firstToStop.js';
import type { ThreadPlace } from '../../../src/target/threadStates.js';

const running: ThreadPlace = { kind: 'running' };
const waiting = { kind: 'waiting', futex: null, stackPointer: 0, programCounter: 0 } as const;
const inLock: ThreadPlace = { ...waiting, mayEndAtStop: false };
const inEpoll: ThreadPlace = { ...waiting, mayEndAtStop: true };

test.each([
  ['the same as before, while it waits', { 1: inLock, 2: inLock, 3: inLock }, 2],
  ['the main thread, when that one runs', { 1: inLock, 2: running, 3: inLock }, 1],
  ['any one that waits', { 1: running, 2: running, 3: inLock }, 3],
  ['none whose call would end, if another one waits', { 1: inEpoll, 2: inEpoll, 3: inLock }, 3],
  ['or runs', { 1: inEpoll, 2: inEpoll, 3: running }, 3],
  ['else the same as before', { 1: inEpoll, 2: inEpoll }, 2],
  ['also if nothing is known of any', {}, 2],
])('%s', (_, places: Record<number, ThreadPlace>, expected) => {
  const byTid = new Map(Object.entries(places).map(([tid, place]) => [Number(tid), place]));
  expect(firstToStop(1, byTid, 2)).toBe(expected);
});
