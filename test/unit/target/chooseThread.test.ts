import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chooseThread as choose, type ThreadChoice } from '../../../src/target/chooseThread.js';
import { aKernelThread } from '../../support/snapshots.js';
import type { KernelThread } from '../../../src/model/snapshot.js';

let procRoot: string;

beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
});

afterEach(() => {
  rmSync(procRoot, { recursive: true });
});

/** @param blocked which of the threads block which signals (`SigBlk`); null: the thread has ended meanwhile */
function chooseThread(
  pid: number,
  threads: KernelThread[],
  blocked: Record<number, string | null> = {},
): ThreadChoice {
  for (const { tid } of threads) {
    const mask = blocked[tid] === undefined ? '0000000000000000' : blocked[tid];
    const directory = join(procRoot, `${String(pid)}/task/${String(tid)}`);
    mkdirSync(directory, { recursive: true });
    if (mask !== null) writeFileSync(join(directory, 'status'), `Name:\tpython3\nSigBlk:\t${mask}\n`);
  }
  return choose(pid, threads, { procRoot });
}

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

describe('a thread that blocks SIGURG could not announce the end of the call', () => {
  const urgent = '0000000000400000';
  const threads = [
    aKernelThread(10, inCall('read')),
    aKernelThread(11, { ...inCall('futex'), lastRanMsAgo: 5 }),
    aKernelThread(12, { ...inCall('poll'), lastRanMsAgo: 900 }),
  ];

  test('the next one is taken', () => {
    expect(chooseThread(10, threads, { 10: urgent })).toMatchObject({ tid: 12, parked: true });
    expect(chooseThread(10, threads, { 10: 'fffffffe7ffbfeff', 12: urgent }).tid).toBe(11);
  });

  test('one that blocks other signals is fine', () => {
    expect(chooseThread(10, threads, { 10: 'ffffffffffbfffff' }).tid).toBe(10);
  });

  test('one that has ended meanwhile is none', () => {
    expect(chooseThread(10, threads, { 10: null, 12: urgent }).tid).toBe(11);
  });

  test('when all do, the first', () => {
    expect(chooseThread(10, threads, { 10: urgent, 11: urgent, 12: urgent }).tid).toBe(10);
  });

  test('a thread that is parked but blocks it is still better than one that runs', () => {
    expect(
      chooseThread(10, [aKernelThread(10, { state: 'R' }), aKernelThread(11, inCall('read'))], {
        11: urgent,
      }),
    ).toMatchObject({ tid: 11, parked: true });
  });
});
