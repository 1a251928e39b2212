import { expect, test } from '@jest/globals';
import { PokeSchedule } from '../../../src/usecases/pokeSchedule.js';
import { pseudoRandom } from '../../support/profiles.js';

const startMs = 1000;

function random(seed: number): () => number {
  const numbers = pseudoRandom(seed);
  return () => numbers.next().value;
}

interface Simulated {
  readonly times: number[];
  readonly schedule: PokeSchedule;
}

/** Pokes that each stop the process for `pauseMs` and take `tookMs` in all, for so many milliseconds. */
function simulate(
  options: { periodMs: number; share?: number; pauseMs?: number; tookMs?: number; forMs: number },
  seed = 1,
): Simulated {
  const { periodMs, share = 1, pauseMs = 0, tookMs = pauseMs, forMs } = options;
  const schedule = new PokeSchedule(startMs, periodMs, share, random(seed));
  const times: number[] = [];
  for (let now = startMs; ;) {
    const due = schedule.next(now);
    if (due >= startMs + forMs) return { times, schedule };
    expect(due).toBeGreaterThanOrEqual(now);
    times.push(due);
    schedule.took(due, pauseMs);
    now = due + tookMs;
  }
}

test('one poke in each period, at any moment of it', () => {
  const periodMs = 20;
  const { times, schedule } = simulate({ periodMs, forMs: 20_000 });
  expect(times).toHaveLength(1000);
  times.forEach((time, i) => expect(Math.floor((time - startMs) / periodMs)).toBe(i));
  expect(schedule.missed).toBe(0);
  expect(schedule.slowedDown).toBe(false);
  // No moment of the period is preferred: ten tenths with a hundred each, within five standard deviations.
  const tenths = Array.from({ length: 10 }, () => 0);
  for (const time of times) tenths[Math.floor((((time - startMs) % periodMs) / periodMs) * 10)]!++;
  for (const count of tenths) expect(Math.abs(count - 100)).toBeLessThan(5 * Math.sqrt(1000 * 0.1 * 0.9));
});

test('something that happens at the rate of the pokes is met as often as its share of the time', () => {
  const { times } = simulate({ periodMs: 20, forMs: 40_000 });
  const met = times.filter((time) => (time - startMs) % 20 < 5).length;
  expect(Math.abs(met - 500)).toBeLessThan(5 * Math.sqrt(2000 * 0.25 * 0.75));
});

test('turns that pass while a poke is under way are missed and counted', () => {
  const { times, schedule } = simulate({ periodMs: 10, tookMs: 35, forMs: 10_000 });
  expect(times.length + schedule.missed).toBeGreaterThanOrEqual(999);
  expect(times.length + schedule.missed).toBeLessThanOrEqual(1001);
  expect(times.length).toBeGreaterThan(200);
  expect(times.length).toBeLessThan(300);
  // Nothing was held back for the sake of the process.
  expect(schedule.slowedDown).toBe(false);
});

test.each([0.01, 0.05, 0.5])('the process is not stopped for more than %d of the time', (share) => {
  const pauseMs = 8;
  const forMs = 60_000;
  const { times, schedule } = simulate({ periodMs: 10, share, pauseMs, forMs });
  const stopped = times.length * pauseMs;
  // What it may be at once, for a second's worth of it, counts but once.
  expect(stopped).toBeLessThanOrEqual(share * (forMs + 1000) + pauseMs);
  expect(stopped).toBeGreaterThan(share * forMs * 0.8);
  expect(schedule.slowedDown).toBe(true);
  expect(schedule.missed).toBeGreaterThan(0);
  // Evenly: no second has more than its share, but for what is allowed at once.
  for (let second = 0; second < forMs / 1000; second++) {
    const within = times.filter((time) => Math.floor((time - startMs) / 1000) === second).length;
    expect(within * pauseMs).toBeLessThanOrEqual(2 * share * 1000 + 2 * pauseMs);
  }
});

test('short pauses slow nothing down', () => {
  const { times, schedule } = simulate({ periodMs: 20, share: 0.05, pauseMs: 0.9, forMs: 10_000 });
  expect(times).toHaveLength(500);
  expect(schedule.slowedDown).toBe(false);
});

test('after one long pause pokes are left out until its share is made good, and then all are made again', () => {
  const schedule = new PokeSchedule(startMs, 100, 0.1, () => 0);
  schedule.took(schedule.next(startMs), 500);
  const next = schedule.next(startMs + 500);
  // 500 ms are a tenth of 5 s; a little of it may be owed all the time.
  expect(next).toBeGreaterThan(startMs + 4000);
  expect(next).toBeLessThanOrEqual(startMs + 5000);
  expect(schedule.missed).toBe((next - startMs) / 100 - 1);
  schedule.took(next, 1);
  expect(schedule.next(next + 1)).toBe(next + 100);
});

test('a long period, as of an hour', () => {
  const hour = 3_600_000;
  const { times, schedule } = simulate({ periodMs: hour, share: 0.05, pauseMs: 50, forMs: 100 * hour });
  expect(times).toHaveLength(100);
  expect(schedule.missed).toBe(0);
});
