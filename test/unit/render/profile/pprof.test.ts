import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { Profile as PprofProfile } from 'pprof-format';
import type { Profile } from '../../../../src/profile/profile.js';
import { renderPprof } from '../../../../src/render/profile/pprof.js';
import { aProfile, aProfileFrame, hostileNames, unsafeCharacters } from '../../../support/profiles.js';

interface DecodedSample {
  /** Outermost first. */
  readonly stack: string[];
  readonly value: number[];
  readonly labels: Record<string, string>;
}

function decoded(profile: Profile): {
  pprof: PprofProfile;
  samples: DecodedSample[];
  text: (at: unknown) => string;
} {
  const pprof = PprofProfile.decode(gunzipSync(renderPprof(profile)));
  const text = (at: unknown): string => pprof.stringTable.strings[Number(at)]!;
  const functions = new Map(pprof.function.map((each) => [Number(each.id), each]));
  const locations = new Map(pprof.location.map((each) => [Number(each.id), each]));
  const frame = (id: unknown): string => {
    const { functionId, line } = locations.get(Number(id))!.line[0]!;
    const { name, filename } = functions.get(Number(functionId))!;
    return `${text(name)} ${text(filename)}:${line}`;
  };
  const samples = pprof.sample.map(({ locationId, value, label }) => ({
    stack: locationId.map(frame).reverse(),
    value: value.map(Number),
    labels: Object.fromEntries(label.map(({ key, str }) => [text(key), text(str)])),
  }));
  return { pprof, samples, text };
}

test('samples of a thread, a stack and a state are one, with their number and their time', () => {
  const { pprof, samples, text } = decoded(
    aProfile(
      ['a;cpu;main:1;f:5 3', 'a;idle;main:1;f:5 1', 'a;cpu;main:1;f:5 2', 'b;gil;main:1 4', 'b;cpu 1'],
      {
        warnings: ['something is odd'],
      },
    ),
  );
  expect(samples).toEqual([
    {
      stack: ['main /srv/app/worker.py:1', 'f /srv/app/worker.py:5'],
      value: [5, 50_000_000],
      labels: { thread: 'a', tid: '4242', state: 'cpu' },
    },
    {
      stack: ['main /srv/app/worker.py:1'],
      value: [4, 40_000_000],
      labels: { thread: 'b', tid: '4243', state: 'gil' },
    },
    {
      stack: ['main /srv/app/worker.py:1', 'f /srv/app/worker.py:5'],
      value: [1, 10_000_000],
      labels: { thread: 'a', tid: '4242', state: 'idle' },
    },
    {
      stack: ['[no Python frame] :0'],
      value: [1, 10_000_000],
      labels: { thread: 'b', tid: '4243', state: 'cpu' },
    },
  ]);
  expect(pprof.sampleType.map(({ type, unit }) => [text(type), text(unit)])).toEqual([
    ['samples', 'count'],
    ['wall', 'nanoseconds'],
  ]);
  expect(text(pprof.defaultSampleType)).toBe('wall');
  expect(Number(pprof.period)).toBe(10_000_000);
  expect(Number(pprof.durationNanos)).toBe(60_000_000);
  expect(Number(BigInt(pprof.timeNanos) / 1_000_000n)).toBe(Date.parse('2025-03-01T12:00:00.000Z'));
  const comments = pprof.comment.map(text);
  expect(comments).toContain('Process 4242: python3 worker.py --port 8000');
  expect(comments).toContain('Warning: something is odd');
});

test('lines of a function are places of their own in the one function', () => {
  const { pprof } = decoded(aProfile(['a;cpu;f:1 1', 'a;cpu;f:2 1']));
  expect(pprof.function).toHaveLength(1);
  expect(pprof.location).toHaveLength(2);
});

test('functions have no system name: with one, go tool pprof shows <module> as nothing, f.<locals>.g as f..g', () => {
  const { pprof } = decoded(aProfile(['a;cpu;<module>:1;f.<locals>.g:2 1']));
  expect(pprof.function.map(({ systemName }) => systemName)).toEqual([0, 0]);
});

test('nothing, 5,000 frames, a thread of which nothing is known', () => {
  expect(decoded(aProfile([])).samples).toEqual([]);
  const stack = Array.from({ length: 5000 }, () => aProfileFrame('f'));
  const deep = aProfile([{ thread: null, state: 'cpu', stack, samples: 1 }]);
  const { samples } = decoded({ ...deep, threads: [{ pid: 1, tid: null, name: null }] });
  expect(samples[0]!.stack).toHaveLength(5000);
  expect(samples[0]!.labels).toEqual({ state: 'cpu' });
});

test('times of hours', () => {
  const { samples } = decoded(aProfile(['a;idle;f 1000000']));
  expect(samples[0]!.value).toEqual([1_000_000, 10_000_000_000_000]);
});

test.each(hostileNames)('the name %j', (name) => {
  const stack = [aProfileFrame(name, { file: name, line: 1 })];
  const { pprof } = decoded(
    aProfile([{ thread: name, state: 'cpu', stack, samples: 1 }], { warnings: [name] }),
  );
  for (const each of pprof.stringTable.strings) expect(each).not.toMatch(unsafeCharacters);
  expect(pprof.function[0]!.name).not.toBe(0);
});
