import { describe, expect, test } from '@jest/globals';
import type { ThreadRun } from '../../../src/target/threadRuns.js';
import { Heartbeat } from '../../../src/watch/heartbeat.js';
import { Standstill } from '../../../src/watch/standstill.js';

const ms = 1e6;

function asleep(runNs: number, more: Partial<ThreadRun> = {}): ThreadRun {
  return { runNs, state: 'S', place: '1 2', futex: null, ...more };
}

/** Looks once a second, 10 s are long. */
function standstill(): {
  seen: Standstill;
  pass: (seconds: number, run: (second: number) => ThreadRun) => void;
} {
  const seen = new Standstill(10_000, 3000);
  let now = 0;
  const pass = (seconds: number, run: (second: number) => ThreadRun): void => {
    for (let second = 0; second < seconds; second++) {
      seen.see(new Map([[7, run(now)]]), now * 1000);
      now++;
    }
  };
  return { seen, pass };
}

describe('a thread stands still', () => {
  test('when it has not run for long', () => {
    const { seen, pass } = standstill();
    pass(10, () => asleep(5));
    expect([...seen.standing()]).toEqual([]);
    pass(1, () => asleep(5));
    expect([...seen.standing()]).toEqual([7]);
    expect(seen.forMs(7)).toBe(10_000);
    expect(seen.isRestless(7)).toBe(false);
  });

  test('not if it runs now and then, be it for a microsecond', () => {
    const { seen, pass } = standstill();
    pass(100, (second) => asleep(Math.floor(second / 9) * 1000));
    expect(seen.hasNews).toBe(false);
  });

  test('if it wakes up only to wait for the same lock', () => {
    const { seen, pass } = standstill();
    pass(11, (second) => asleep(second * 9 * ms, { futex: '0x10' }));
    expect([...seen.standing()]).toEqual([7]);
    expect(seen.isRestless(7)).toBe(true);
    pass(1, (second) => asleep(second * 9 * ms, { place: null, state: 'R' }));
    pass(1, (second) => asleep(second * 9 * ms, { futex: '0x10' }));
    expect([...seen.standing()]).toEqual([7]);
    pass(1, () => asleep(1000 * ms, { futex: '0x10' }));
    expect([...seen.standing()]).toEqual([]);
  });

  test.each([
    ['for another lock', (second: number) => ({ futex: `0x${second}` })],
    ['at another place', (second: number) => ({ futex: '0x10', place: `1 ${second}` })],
    ['for no lock', () => ({ futex: null })],
    [
      'for another lock, after it was seen to run',
      (second: number) => (second % 2 === 0 ? { place: null } : { futex: `0x${second}` }),
    ],
  ])('not if it wakes up and waits %s', (_how, more) => {
    const { seen, pass } = standstill();
    pass(20, (second) => asleep(second, more(second)));
    expect(seen.hasNews).toBe(false);
  });

  test('time in which nobody looked does not count', () => {
    const { seen } = standstill();
    seen.see(new Map([[7, asleep(1)]]), 0);
    seen.see(new Map([[7, asleep(1)]]), 3_600_000);
    expect(seen.forMs(7)).toBe(3000);
  });

  test('no more when it has ended', () => {
    const { seen, pass } = standstill();
    pass(11, () => asleep(1));
    seen.see(new Map(), 12_000);
    expect(seen.standing().size).toBe(0);
    expect(seen.has(7)).toBe(false);
    expect(seen.forMs(7)).toBe(0);
  });
});

describe('a look into the process', () => {
  test('is worth while once for each standstill', () => {
    const { seen, pass } = standstill();
    pass(11, () => asleep(1));
    expect(seen.hasNews).toBe(true);
    seen.lookedInto();
    pass(100, () => asleep(1));
    expect(seen.hasNews).toBe(false);
    pass(11, () => asleep(2));
    expect(seen.hasNews).toBe(true);
  });

  test('has threads run that go on waiting', () => {
    const { seen, pass } = standstill();
    pass(11, () => asleep(1));
    seen.lookedInto();
    seen.seeAfterStop(new Map([[7, asleep(50_000)]]), 11_000);
    pass(1, () => asleep(50_000));
    expect(seen.forMs(7)).toBe(11_000);
    expect(seen.isRestless(7)).toBe(false);
    expect(seen.hasNews).toBe(false);
  });

  test.each([
    ['waits elsewhere', asleep(50_000, { place: '3 4' })],
    ['runs', asleep(50_000, { place: null, state: 'R' })],
  ])('does not hide that a thread %s after it', (_how, after) => {
    const { seen, pass } = standstill();
    pass(11, () => asleep(1));
    seen.lookedInto();
    seen.seeAfterStop(new Map([[7, after]]), 11_000);
    expect(seen.standing().size).toBe(0);
  });
});

describe('a heartbeat', () => {
  test('is silent since it was last changed, from the beginning on', () => {
    const heartbeat = new Heartbeat(3000);
    const silence = [
      [null, 0],
      [null, 1000],
      [77, 2000],
      [77, 3000],
      [78, 5000],
      [1, 6000],
      [1, 9000],
      [1, 60_000],
    ].map(([stamp, atMs]) => {
      heartbeat.see(stamp ?? null, atMs ?? 0);
      return heartbeat.silentMs;
    });
    expect(silence).toEqual([0, 1000, 0, 1000, 0, 0, 3000, 6000]);
  });
});
