import { expect, test } from '@jest/globals';
import { parseBehindMs, processorBehindMs } from '../../../src/target/processorClock.js';
import { readProc } from '../../../src/target/procFile.js';
import { parseStat } from '../../../src/target/stat.js';

const sched = 'cat (16875, #threads: 1)\n----\nse.exec_start      :       1098579.250000\nnr_switches : 3\n';

test('how far the clock of a process is behind the uptime', () => {
  expect(parseBehindMs(`${sched}1200.58 2200.11\n`)).toBe(102_000.75);
  expect(parseBehindMs(sched)).toBeNull();
  expect(parseBehindMs('1200.58 2200.11\n')).toBeNull();
});

test('a processor that is not there', () => {
  expect(processorBehindMs(100_000)).toBeNull();
});

/** This process's own clock, and of which processor it is. */
function own(): { processor: number; behindMs: number | null } {
  for (;;) {
    const { processor } = parseStat(readProc('/proc/self/stat'));
    const behindMs = parseBehindMs(readProc('/proc/self/sched') + readProc('/proc/uptime'));
    // In between it may have come to run on another one.
    if (parseStat(readProc('/proc/self/stat')).processor === processor) return { processor, behindMs };
  }
}

test('that of its own processor a process can read itself', () => {
  const { processor, behindMs } = own();
  const asked = processorBehindMs(processor);
  expect(asked === null).toBe(behindMs === null);
  expect(Math.abs((asked ?? 0) - (behindMs ?? 0))).toBeLessThan(100);
});
