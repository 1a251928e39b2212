import { expect, test } from '@jest/globals';
import { chooseThread } from '../../../src/target/chooseThread.js';
import { aKernelThread } from '../../support/snapshots.js';
import type { KernelThread } from '../../../src/model/snapshot.js';

const inCall = (name: string): Partial<KernelThread> => ({
  systemCall: { number: 0, name, arguments: [], fds: [], futex: null },
});

test('the main thread, when it is parked', () => {
  const threads = [
    aKernelThread(10, inCall('read')),
    aKernelThread(11, { ...inCall('futex'), lastRanMsAgo: 1e6 }),
  ];
  expect(chooseThread(10, threads)).toEqual({ tid: 10, parked: true, uninterruptible: [] });
});

test('else the one that has slept longest', () => {
  const threads = [
    aKernelThread(10, { state: 'R' }),
    aKernelThread(11, { ...inCall('futex'), lastRanMsAgo: 5 }),
    aKernelThread(12, { ...inCall('poll'), lastRanMsAgo: 900 }),
  ];
  expect(chooseThread(10, threads)).toMatchObject({ tid: 12, parked: true });
});

test('a thread that sleeps outside of a system call, or ends, is not parked', () => {
  const threads = [
    aKernelThread(10, { state: 'R' }),
    aKernelThread(11),
    aKernelThread(12, inCall('exit_group')),
  ];
  expect(chooseThread(10, threads)).toEqual({ tid: 10, parked: false, uninterruptible: [] });
});

test('never a zombie, nor one in uninterruptible sleep, which is reported', () => {
  const threads = [
    aKernelThread(10, { state: 'Z' }),
    aKernelThread(11, { ...inCall('read'), state: 'D' }),
    aKernelThread(12, { state: 'R' }),
  ];
  expect(chooseThread(10, threads)).toEqual({ tid: 12, parked: false, uninterruptible: [11] });
});

test('of none there is none', () => {
  expect(chooseThread(10, [])).toEqual({ tid: null, parked: false, uninterruptible: [] });
});
