import { expect } from '@jest/globals';
import { statusOf } from './target.js';
import { until } from './until.js';

/**
 * Asserts that a process that only waits is as nobody had looked: untraced, and asleep again, which takes it a moment
 * where the processors are busy.
 */
export async function sleepsOn(pid: number): Promise<void> {
  expect(statusOf(pid).tracerPid).toBe(0);
  await until(() => statusOf(pid).state === 'S');
}
