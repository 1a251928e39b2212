import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import type { Profile } from '../../../../src/profile/profile.js';
import { renderSpeedscope } from '../../../../src/render/profile/speedscope.js';
import { aProfile, aProfileFrame, hostileNames, unsafeCharacters } from '../../../support/profiles.js';

interface SpeedscopeFile {
  readonly name: string;
  readonly exporter: string;
  readonly activeProfileIndex: number;
  readonly shared: { readonly frames: readonly { name: string; file?: string; line?: number }[] };
  readonly profiles: readonly {
    readonly name: string;
    readonly unit: string;
    readonly startValue: number;
    readonly endValue: number;
    readonly events: readonly { type: 'O' | 'C'; frame: number; at: number }[];
  }[];
}

const schema = createRequire(import.meta.url).resolve('speedscope/dist/release/file-format-schema.json');
const valid = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schema, 'utf8')) as object);

function safe(_key: string, value: unknown): unknown {
  if (typeof value === 'string') expect(value).not.toMatch(unsafeCharacters);
  return value;
}

/** The file, after all has been checked that speedscope expects of it. */
function rendered(profile: Profile): SpeedscopeFile {
  const file = JSON.parse(renderSpeedscope(profile).toString(), safe) as SpeedscopeFile;
  valid(file);
  expect(valid.errors ?? []).toEqual([]);
  for (const { events, startValue, endValue } of file.profiles) {
    const open: number[] = [];
    let last = startValue;
    for (const { type, frame, at } of events) {
      expect(at).toBeGreaterThanOrEqual(last);
      last = at;
      if (type === 'O') open.push(frame);
      else expect(open.pop()).toBe(frame);
      expect(file.shared.frames[frame]).toBeDefined();
    }
    expect(open).toEqual([]);
    expect(last).toBeLessThanOrEqual(endValue);
  }
  return file;
}

test('a profile for each thread, in milliseconds; the one that was busiest is shown', () => {
  const file = rendered(
    aProfile(['a;idle;main:1;wait:2 10', 'b;cpu;main:1;f:5 3', 'b;cpu;main:1;f:6 2', 'c;cpu 1']),
  );
  expect(file.exporter).toBe('sleeper@0.1.0');
  expect(file.name).toContain('Process 4242: python3 worker.py --port 8000');
  expect(file.name).toContain('10 samples at 100.0 of 100 Hz');
  expect(file.profiles.map(({ name }) => name)).toEqual([
    'thread "a" (4242)',
    'thread "b" (4243)',
    'thread "c" (4244)',
  ]);
  expect(file.activeProfileIndex).toBe(1);
  const { events, startValue, endValue, unit } = file.profiles[1]!;
  expect([startValue, endValue, unit]).toEqual([0, 50, 'milliseconds']);
  expect(events.map(({ type, frame, at }) => `${type} ${file.shared.frames[frame]!.line} ${at}`)).toEqual([
    'O 1 0',
    'O 5 0',
    'C 5 30',
    'O 6 30',
    'C 6 50',
    'C 1 50',
  ]);
  expect(file.shared.frames[0]).toEqual({ name: 'main', file: '/srv/app/worker.py', line: 1 });
});

test('a long wait is two events a frame, however many samples it has', () => {
  const file = rendered(aProfile(['a;idle;main;wait 1000000']));
  expect(file.profiles[0]!.events).toHaveLength(4);
});

test('nothing, 5,000 frames, a thread of which nothing is known', () => {
  expect(rendered(aProfile([])).profiles).toEqual([]);
  const stack = Array.from({ length: 5000 }, () => aProfileFrame('f'));
  const deep = aProfile([{ thread: null, state: 'cpu', stack, samples: 1 }]);
  const file = rendered({ ...deep, threads: [{ pid: 1, tid: null, name: null }] });
  expect(file.profiles[0]!.events).toHaveLength(10_000);
  expect(file.profiles[0]!.name).toBe('thread');
});

test.each(hostileNames)('the name %j', (name) => {
  const stack = [aProfileFrame(name, { file: name })];
  const file = rendered(aProfile([{ thread: name, state: 'cpu', stack, samples: 1 }], { warnings: [name] }));
  expect(file.shared.frames[0]!.name).not.toBe('');
});
