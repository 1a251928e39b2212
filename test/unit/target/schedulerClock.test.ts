import { describe, expect, test } from '@jest/globals';
import { parseLastRan } from '../../../src/target/processorClock.js';
import {
  buildsOf,
  lastRanMsAgo,
  parseLostTimes,
  type SchedulerClocks,
} from '../../../src/target/schedulerClock.js';

test('the line of the sched file', () => {
  const text =
    'cat (16875, #threads: 1)\n----\nse.exec_start                                :       1098579.257802\n';
  expect(parseLastRan(text)).toBe(1098579.257802);
  expect(parseLastRan('python3 (1, #threads: 1)\n')).toBeNull();
  expect(parseLastRan(null)).toBeNull();
});

test('the lines of /proc/stat', () => {
  const text =
    'cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 87746 0 9926 257887 395 1 345 49 0 0\ncpu11 1 2 3 4 5 6 7 8 0 0\nintr 5\n';
  expect([...parseLostTimes(text)]).toEqual([
    [0, { stolenMs: 490, interruptsMs: 3460 }],
    [11, { stolenMs: 80, interruptsMs: 130 }],
  ]);
});

describe('for how long a thread has not run', () => {
  const clocks = (
    nowMs: number,
    lost: [number, number][],
    config: string | null = null,
  ): SchedulerClocks => ({
    nowMs,
    processor: 0,
    monotonicMs: 1_000_000,
    uptimeMs: 2_000_000,
    behindMs: () => null,
    lost: new Map(lost.map(([stolenMs, interruptsMs], number) => [number, { stolenMs, interruptsMs }])),
    builds: buildsOf(config),
  });

  test('on the same processor: the difference', () => {
    expect(lastRanMsAgo(clocks(1_000_000, [[0, 0]]), 999_000, 0)).toBe(1000);
  });

  test('never negative: the present is one tick old', () => {
    expect(lastRanMsAgo(clocks(1_000_000, [[0, 0]]), 1_000_003, 0)).toBe(0);
  });

  // This one's clock is 10 s behind, which is the time that was stolen; so the other's is 2 s behind.
  test('on another, of a kernel that leaves stolen time out', () => {
    const lost: [number, number][] = [
      [10_000, 50_000],
      [2_000, 90_000],
    ];
    expect(lastRanMsAgo(clocks(990_000, lost), 898_000, 1)).toBe(100_000);
  });

  test('on another, whose clock can be had', () => {
    const lost: [number, number][] = [
      [10_000, 0],
      [2_000, 0],
    ];
    const asked: number[] = [];
    const behindMs = (processor: number): number => {
      asked.push(processor);
      return 1_100_000;
    };
    expect(lastRanMsAgo({ ...clocks(990_000, lost), behindMs }, 898_000, 1)).toBe(2000);
    expect(asked).toEqual([1]);
    // Nobody is bothered where next to nothing was lost, or the clock is one's own.
    const little: [number, number][] = [
      [900, 50],
      [30, 20],
    ];
    expect(lastRanMsAgo({ ...clocks(999_100, little), behindMs }, 990_000, 1)).toBeGreaterThan(9000);
    expect(lastRanMsAgo({ ...clocks(990_000, lost), behindMs }, 898_000, 0)).toBe(92_000);
    expect(asked).toEqual([1]);
  });

  test('on another, of a kernel that leaves interrupts out', () => {
    const lost: [number, number][] = [
      [0, 50_000],
      [0, 20_000],
    ];
    expect(lastRanMsAgo(clocks(950_000, lost), 880_000, 1)).toBe(100_000);
  });

  test('null when it cannot be decided and matters', () => {
    const lost: [number, number][] = [
      [0, 50_000],
      [0, 20_000],
    ];
    // 25 s behind fits no kernel.
    expect(lastRanMsAgo(clocks(975_000, lost), 970_000, 1)).toBeNull();
    // Of a whole day it does not matter.
    expect(lastRanMsAgo(clocks(86_975_000, lost), 975_000, 1)).toBeCloseTo(86_000_000, -6);
  });

  test('not all of what was stolen is left out', () => {
    const lost: [number, number][] = [
      [32_030, 1150],
      [33_730, 5840],
    ];
    const config = '\nCONFIG_PARAVIRT_TIME_ACCOUNTING=y\n# CONFIG_IRQ_TIME_ACCOUNTING is not set\n';
    expect(lastRanMsAgo(clocks(1_000_000 - 30_346, lost, config), 969_654 - 4700, 1)).toBe(3000);
  });

  // The numbers of a virtual machine whose clock began 0.7 s after CLOCK_MONOTONIC, and counted many interrupts.
  test('decided by how the kernel was configured', () => {
    const lost: [number, number][] = [
      [0, 890],
      [0, 1980],
    ];
    const without = '\nCONFIG_PARAVIRT_TIME_ACCOUNTING=y\n# CONFIG_IRQ_TIME_ACCOUNTING is not set\n';
    const withInterrupts = '\n# CONFIG_PARAVIRT_TIME_ACCOUNTING is not set\nCONFIG_IRQ_TIME_ACCOUNTING=y\n';
    expect(lastRanMsAgo(clocks(999_300, lost), 995_300, 1)).toBe(2910);
    expect(lastRanMsAgo(clocks(999_300, lost, without), 995_300, 1)).toBe(4000);
    expect(lastRanMsAgo(clocks(999_110, lost, withInterrupts), 995_110, 1)).toBe(2910);
    // It may have been switched off at the start: then nothing fits.
    expect(lastRanMsAgo(clocks(990_000, lost, withInterrupts), 986_000, 1)).toBeNull();
  });

  test('null for a processor that is not listed', () => {
    expect(lastRanMsAgo(clocks(1_000_000, [[0, 0]]), 990_000, 7)).toBeNull();
  });
});
