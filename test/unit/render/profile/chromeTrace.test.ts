import { expect, test } from '@jest/globals';
import type { Profile } from '../../../../src/profile/profile.js';
import { renderChromeTrace } from '../../../../src/render/profile/chromeTrace.js';
import { aProfile, aProfileFrame, hostileNames, unsafeCharacters } from '../../../support/profiles.js';

interface TraceEvent {
  readonly ph: 'X' | 'M';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly name?: string; readonly file?: string };
}

function safe(_key: string, value: unknown): unknown {
  if (typeof value === 'string') expect(value).not.toMatch(unsafeCharacters);
  return value;
}

/** The trace, after it has been checked that each event lies within the one that it is drawn below. */
function rendered(profile: Profile): { events: TraceEvent[]; notes: string[] } {
  const { traceEvents: events, otherData } = JSON.parse(renderChromeTrace(profile).toString(), safe) as {
    traceEvents: TraceEvent[];
    otherData: { notes: string[] };
  };
  const open = new Map<number, { start: number; end: number }[]>();
  for (const { ph, tid, ts, dur } of events) {
    if (ph !== 'X') continue;
    const [start, end] = [Math.round(ts * 1000), Math.round(ts * 1000) + Math.round(dur * 1000)];
    const stack = open.get(tid) ?? [];
    open.set(tid, stack);
    while (stack.length > 0 && stack.at(-1)!.end <= start) stack.pop();
    const outer = stack.at(-1);
    if (outer !== undefined) expect(end).toBeLessThanOrEqual(outer.end);
    stack.push({ start, end });
  }
  return { events, notes: otherData.notes };
}

test('a track for each thread; a function that goes on is one event', () => {
  const { events, notes } = rendered(
    aProfile(['a;cpu;main:1;f:5 2', 'a;cpu;main:2;f:9 1', 'a;gil;main:2;g:3 1', 'b;idle 4']),
  );
  const file = '/srv/app/worker.py';
  const [a, b] = [
    { pid: 4242, tid: 4242 },
    { pid: 4242, tid: 4243 },
  ];
  expect(events).toEqual([
    { ph: 'M', name: 'process_name', pid: 4242, args: { name: 'python3' } },
    { ph: 'M', name: 'thread_name', ...a, args: { name: 'a' } },
    { ph: 'X', ...a, ts: 0, dur: 40_000, name: 'main', args: { file } },
    { ph: 'X', ...a, ts: 0, dur: 30_000, name: 'f', args: { file } },
    { ph: 'X', ...a, ts: 30_000, dur: 10_000, name: 'g', args: { file } },
    { ph: 'X', ...a, ts: 30_000, dur: 10_000, name: '[waits for the GIL]' },
    { ph: 'M', name: 'thread_name', ...b, args: { name: 'b' } },
    { ph: 'X', ...b, ts: 0, dur: 40_000, name: '[no Python frame]' },
    { ph: 'X', ...b, ts: 0, dur: 40_000, name: '[idle]' },
  ]);
  expect(notes).toContain('Process 4242: python3 worker.py --port 8000');
});

test('threads without an id of their own have a track of their own', () => {
  const profile = aProfile(['a;cpu;f 1', 'b;cpu;f 1', 'c;cpu;f 1', 'd;cpu;f 1']);
  const tids = [7, 7, null, null];
  const threads = profile.threads.map((thread, index) => ({ ...thread, tid: tids[index]! }));
  const { events } = rendered({ ...profile, threads });
  expect(new Set(events.filter(({ ph }) => ph === 'X').map(({ tid }) => tid)).size).toBe(4);
});

test('processes other than the main one', () => {
  const profile = aProfile(['a;cpu;f 1', 'b;cpu;f 1']);
  const threads = profile.threads.map((thread, index) => ({ ...thread, pid: 4242 + index }));
  const { events } = rendered({ ...profile, threads });
  expect(
    events.filter(({ name }) => name === 'process_name').map(({ pid, args }) => [pid, args?.name]),
  ).toEqual([
    [4242, 'python3'],
    [4243, 'python'],
  ]);
});

test('times that are no whole microseconds stay nested', () => {
  const profile = aProfile(['a;cpu;f;g 1', 'a;cpu;f 1', 'a;cpu;f;g 1']);
  const third = 10.123456789 / 3;
  const spans = profile.spans.map((span, index) => ({
    ...span,
    startMs: index * third,
    endMs: (index + 1) * third,
  }));
  expect(rendered({ ...profile, spans }).events.filter(({ ph }) => ph === 'X')).toHaveLength(3);
});

test('nothing, 5,000 frames', () => {
  expect(rendered(aProfile([])).events).toHaveLength(1);
  const stack = Array.from({ length: 5000 }, () => aProfileFrame('f'));
  const { events } = rendered(aProfile([{ thread: null, state: 'cpu', stack, samples: 1 }]));
  expect(events).toHaveLength(5001);
});

test.each(hostileNames)('the name %j', (name) => {
  const stack = [aProfileFrame(name, { file: name })];
  const { events } = rendered(
    aProfile([{ thread: name, state: 'cpu', stack, samples: 1 }], { warnings: [name] }),
  );
  expect(events.at(-1)!.name).not.toBe('');
});
