/** Each format says the same: so many samples, so much time. */
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { Profile as PprofProfile } from 'pprof-format';
import type { Profile } from '../../../../src/profile/profile.js';
import { renderChromeTrace } from '../../../../src/render/profile/chromeTrace.js';
import { renderFolded } from '../../../../src/render/profile/folded.js';
import { renderProfileJson } from '../../../../src/render/profile/json.js';
import { renderPprof } from '../../../../src/render/profile/pprof.js';
import { renderSpeedscope } from '../../../../src/render/profile/speedscope.js';
import { aProfile, aProfileFrame, pseudoRandom } from '../../../support/profiles.js';

const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0);

function ofFolded(profile: Profile): number {
  const lines = renderFolded(profile).toString().trimEnd().split('\n');
  return sum(lines.map((line) => Number(/ (\d+)$/.exec(line)![1])));
}

function ofPprof(profile: Profile): { samples: number; ms: number } {
  const { sample } = PprofProfile.decode(gunzipSync(renderPprof(profile)));
  const valueAt = (index: number): number => sum(sample.map(({ value }) => Number(value[index])));
  return { samples: valueAt(0), ms: valueAt(1) / 1e6 };
}

function ofJson(profile: Profile): number {
  const { nodes, threads } = JSON.parse(renderProfileJson(profile).toString()) as {
    nodes: { parent: number; total: Record<string, number> }[];
    threads: { samples: Record<string, number> }[];
  };
  const inThreads = sum(threads.flatMap(({ samples }) => Object.values(samples)));
  const roots = nodes.filter(({ parent }) => parent === -1);
  expect(sum(roots.flatMap(({ total }) => Object.values(total)))).toBe(inThreads);
  return inThreads;
}

/** The time in which any frame was open. */
function ofSpeedscope(profile: Profile): number {
  const { profiles } = JSON.parse(renderSpeedscope(profile).toString()) as {
    profiles: { events: { type: string; at: number }[] }[];
  };
  let [depth, ms] = [0, 0];
  for (const { type, at } of profiles.flatMap(({ events }) => events)) {
    if (type === 'O' && depth++ === 0) ms -= at;
    if (type === 'C' && --depth === 0) ms += at;
  }
  expect(depth).toBe(0);
  return ms;
}

/** The time of the events that are in no other. */
function ofChromeTrace(profile: Profile): number {
  const { traceEvents } = JSON.parse(renderChromeTrace(profile).toString()) as {
    traceEvents: { ph: string; tid: number; ts: number; dur: number }[];
  };
  const ends = new Map<number, number>();
  let us = 0;
  for (const { ph, tid, ts, dur } of traceEvents) {
    if (ph !== 'X' || ts < (ends.get(tid) ?? 0)) continue;
    ends.set(tid, ts + dur);
    us += dur;
  }
  return us / 1000;
}

test.each([1, 2, 3, 4, 5])('samples and time of a random profile (%i)', (seed) => {
  const random = pseudoRandom(seed);
  const upTo = (most: number): number => Math.floor(random.next().value * most);
  const profile = aProfile(
    Array.from({ length: 200 }, () => ({
      thread: `t${upTo(4)}`,
      state: (['cpu', 'gil', 'idle'] as const)[upTo(3)]!,
      // Without an empty one: the formats name that differently.
      stack: Array.from({ length: 1 + upTo(8) }, () => aProfileFrame(`f${upTo(4)}`, { line: upTo(3) })),
      samples: 1 + upTo(9),
    })),
  );
  const samples = sum(profile.spans.map((span) => span.samples));
  const ms = samples * 10;
  expect(ofFolded(profile)).toBe(samples);
  expect(ofJson(profile)).toBe(samples);
  expect(ofPprof(profile)).toEqual({ samples, ms });
  expect(ofSpeedscope(profile)).toBeCloseTo(ms, 6);
  expect(ofChromeTrace(profile)).toBeCloseTo(ms, 6);
});
