import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { Profile, ProfileFrame } from '../../src/profile/profile.js';
import { anyPython, findPythons } from '../support/pythons.js';
import { recordProcess, recordSamples, samplesOf, stackOf, type Recorded } from '../support/recordings.js';
import { monotonicSeconds } from '../support/splitReport.js';
import { startTarget, statusOf, type Target } from '../support/target.js';

/** The agent takes no less than 256 KiB: its tables have room for 1,024 functions and 4,096 places in stacks. */
const least = 1;

const pythons = findPythons();
const any = anyPython();
/** The oldest, one of the middle, the newest. */
const some = [...new Set([pythons[0]!, any, pythons.at(-1)!])];

const directory = mkdtempSync(join(tmpdir(), 'sleeper-record-'));
afterAll(() => {
  if (mounted !== null) execFileSync('umount', [mounted]);
  rmSync(directory, { recursive: true });
});

let target: Target | undefined;
afterEach(() => {
  target?.kill();
});

/** Each stack that was sampled, once. */
function stacks(profile: Profile): ProfileFrame[][] {
  return [...new Set(profile.spans.map(({ node }) => node))].map((node) => stackOf(profile, { node }));
}

/** The last lines of the target, which has ended well. */
async function lastWords(of: Target): Promise<string> {
  expect(statusOf(of.pid).tracerPid).toBe(0);
  expect(await of.end()).toBe(0);
  return of.output;
}

function madeBy(output: string): number {
  return Number(/made: (\d+)/.exec(output)?.[1]);
}

/** The number in the name of a function that test/targets/made.py has made. */
const numberIn = (frame: ProfileFrame): string | undefined => /_(\d+)$/.exec(frame.function)?.[1];

/** The calls of an outer by its inner, each with the number that only the inner's name tells for sure. */
function outerCalls(profile: Profile): { outer: ProfileFrame; inner: ProfileFrame; number: number }[] {
  return stacks(profile).flatMap((stack) =>
    stack.flatMap((inner, i) => {
      const outer = stack[i - 1];
      return inner.function.startsWith('inner_') && outer !== undefined
        ? [{ outer, inner, number: Number(numberIn(inner)) }]
        : [];
    }),
  );
}

/** What is told of an outer, and what it should be. */
const told: Readonly<
  Record<string, (call: { outer: ProfileFrame; inner: ProfileFrame; number: number }) => [unknown, unknown]>
> = {
  names: ({ outer, inner, number }) => [
    [outer.function, outer.line, inner.line],
    [`outer_${number}`, 2 + (number % 5), 4 + (number % 5)],
  ],
  lines: ({ outer, inner, number }) => [
    [outer.function, outer.line, inner.line],
    ['outer', 2 + (number % 5), 4 + (number % 5)],
  ],
  files: ({ outer, inner, number }) => [
    [outer.file, inner.file, outer.line],
    [`<made ${number}>`, `<made ${number}>`, 2 + (number % 5)],
  ],
  methods: ({ outer, number }) => [
    [outer.function.replace(/^Maker_\d+\./, `Maker_${number}.`), outer.line],
    [outer.function, 3 + (number % 5)],
  ],
};

describe.each(some)('$label: code that lies where other code was', ({ executable }) => {
  test.each(Object.keys(told))('is not taken for it (%s)', async (kind) => {
    target = await startTarget(executable, 'made.py', [kind]);
    const { profile } = await recordSamples(target.pid, 150, { hz: 100 });
    const calls = outerCalls(profile);
    expect(calls.length).toBeGreaterThan(40);
    for (const call of calls) {
      const [found, expected] = told[kind]!(call);
      expect(found).toEqual(expected);
    }
    expect(madeBy(await lastWords(target))).toBeGreaterThan(100);
  });

  test('is not taken for it when the tables are full all the time, and the memory does not grow', async () => {
    target = await startTarget(executable, 'made.py', ['recursion']);
    const calls = JSON.parse(target.ready) as Record<string, string>;
    const { profile } = await recordSamples(target.pid, 150, { hz: 100, bytes: least });
    let checked = 0;
    for (const stack of stacks(profile)) {
      stack.forEach((frame, i) => {
        if (!/^[abcd]$/.test(frame.function) || i === stack.length - 1) return;
        const callee = calls[`${frame.function} ${frame.line}`];
        if (callee === undefined) throw new Error(`${frame.function} calls nobody at line ${frame.line}`);
        expect(stack[i + 1]!.function).toBe(callee);
        checked++;
      });
    }
    // More places than the tables have room for, in all.
    expect(checked).toBeGreaterThan(5000);
    expect(profile.nodes.length).toBeGreaterThan(5000);
    expect(profile.meta.dropped).toBe(0);
    expect(madeBy(await lastWords(target))).toBeGreaterThan(50);
  });
});

/** What test/targets/visitors.py says of its threads. */
interface Visits {
  readonly visits: Readonly<Record<string, { tid: number; came: number; went: number }>>;
  readonly broken: readonly string[];
}

test.each(pythons.filter(({ short }) => short >= 0x0308 && some.some((one) => one.short === short)))(
  '$label: threads that come and go',
  async ({ executable }) => {
    target = await startTarget(executable, 'visitors.py');
    const times: number[] = [];
    const { profile } = await recordSamples(target.pid, 200, {
      hz: 100,
      bytes: least,
      onProgress: () => void times.push(monotonicSeconds()),
    });
    const { visits, broken } = JSON.parse(await lastWords(target)) as Visits;
    expect(broken).toEqual([]);
    const slack = profile.meta.worstPauseUs / 1e6 + 0.02;
    let checked = 0;
    profile.threads.forEach(({ name, tid }, thread) => {
      const spans = profile.spans.filter((span) => span.thread === thread);
      for (const span of spans) {
        const own = stackOf(profile, span).find((frame) => frame.function.startsWith('visit_'));
        if (own === undefined) continue;
        const number = Number(numberIn(own));
        const visit = visits[number]!;
        expect({ file: own.file, line: own.line, tid }).toEqual({
          file: `<visit ${number}>`,
          line: 2 + (number % 7),
          tid: visit.tid,
        });
        // Before its name is known to the interpreter a thread has none.
        if (name !== null) expect(name).toBe(`visitor-${number}`);
        checked++;
      }
      expect(samplesOf(profile, thread).length).toBeGreaterThan(0);
    });
    expect(checked).toBeGreaterThan(50);
    // Gone is gone: no span of a visitor is longer than its visit.
    const tids = new Map(Object.values(visits).map((visit) => [visit.tid, visit]));
    for (const { thread, endMs, startMs } of profile.spans) {
      const visit = tids.get(profile.threads[thread]!.tid ?? 0);
      if (visit === undefined) continue;
      const longest = 3 * Math.max(...times.slice(1).map((time, i) => time - times[i]!));
      expect((endMs - startMs) / 1000).toBeLessThan(visit.went - visit.came + slack + longest);
    }
  },
);

test.each(some)('$label: 5,000 frames', async ({ executable }) => {
  target = await startTarget(executable, 'made.py', ['deep']);
  const { profile } = await recordSamples(target.pid, 20);
  for (const stack of stacks(profile)) {
    expect(stack[0]!.function).toBe('(more frames)');
    const descents = stack.slice(1).filter(({ function: name }) => name === 'descend').length;
    expect(descents).toBeGreaterThan(990);
    expect(stack.length).toBe(1001);
    expect(stack.slice(1, -2).every(({ function: name }) => name === 'descend')).toBe(true);
  }
  expect(profile.meta.dropped).toBe(0);
  await lastWords(target);
});

test.each(some)('$label: a program that forks, and starts threads, all the time', async ({ executable }) => {
  target = await startTarget(executable, 'storm.py');
  const { profile } = await recordSamples(target.pid, 60, { hz: 60 });
  const names = new Set(profile.threads.map(({ name }) => name));
  for (const name of ['memory', 'forks', 'threads', 'imports', 'sleeps']) expect(names).toContain(name);
  expect(await lastWords(target)).toBe('errors: 0 []\nbusy: True\n');
});

test.each(some)('$label: a program that lives by signals, SIGURG among them', async ({ executable }) => {
  target = await startTarget(executable, 'signals.py');
  await recordSamples(target.pid, 100, { hz: 100 });
  const [errors, signals = ''] = (await lastWords(target)).split('\n');
  expect(errors).toBe('errors: []');
  for (const count of signals.split(' ').slice(1)) expect(Number(count)).toBeGreaterThan(50);
});

test('between rare pokes gdb lets go of the process; between frequent ones it does not', async () => {
  target = await startTarget(any.executable, 'split.py');
  const { pid } = target;
  const tracers: number[] = [];
  const onProgress = (): void => void tracers.push(statusOf(pid).tracerPid);
  const slow = await recordSamples(pid, 3, { hz: 1, onProgress });
  expect(tracers).toEqual([0, 0, 0]);
  expect(slow.profile.meta).toMatchObject({ samples: 3, wantedHz: 1, end: 'interrupted', dropped: 0 });
  expect(slow.profile.threads.map(({ name }) => name)).toContain('turning-a');
  await recordSamples(pid, 3, { hz: 50, onProgress });
  expect(tracers.slice(3).every((tracer) => tracer > 0)).toBe(true);
  expect(JSON.parse((await lastWords(target)).trim())).toMatchObject({ broken: [] });
});

test('a process that ends while it is recorded', async () => {
  for (const hz of [50, 100, 200, 50, 100]) {
    target = await startTarget(any.executable, 'made.py', ['names']);
    const { child } = target;
    let samples = 0;
    const recorded = await recordProcess(target.pid, {
      hz,
      onProgress: (progress) => {
        samples = progress.samples;
        if (samples === 20) child.stdin?.end();
      },
    });
    expect(recorded.tail.end).toBe('exited');
    expect(recorded.profile.meta).toMatchObject({ end: 'exited', samples });
    expect(samples).toBeGreaterThanOrEqual(20);
    expect(await target.end()).toBe(0);
    expect(madeBy(await target.output)).toBeGreaterThan(0);
  }
});

test('a process that is killed while it is recorded', async () => {
  for (const hz of [1, 50, 100, 200, 50]) {
    target = await startTarget(any.executable, 'made.py', ['names']);
    const { child } = target;
    const most = hz === 1 ? 2 : 20;
    const { tail, profile } = await recordProcess(target.pid, {
      hz,
      onProgress: ({ samples }) => {
        if (samples === most) child.kill('SIGKILL');
      },
    });
    expect(tail).toMatchObject({ end: 'exited', dropped: 0 });
    expect(profile.meta.samples).toBeGreaterThanOrEqual(most);
    await target.end();
    expect(child.signalCode).toBe('SIGKILL');
  }
});

/** A program that becomes another one when its stdin has a line. */
const turncoat = `
import os, sys
print('ready'); sys.stdout.flush()
os.read(0, 1)
os.execv(sys.executable, [sys.executable, '-c', '''
import os, time
end = time.time() + 0.5
while time.time() < end: pass
os.read(0, 1)
print('fine')
'''])
`;

test('a process that becomes another program while it is recorded', async () => {
  const script = join(directory, 'turncoat.py');
  writeFileSync(script, turncoat);
  for (let round = 0; round < 5; round++) {
    target = await startTarget(any.executable, `../../${'../'.repeat(20)}${script}`);
    const { child, pid } = target;
    const recorded = await recordSamples(pid, 40, {
      hz: 100,
      onProgress: ({ samples }) => {
        if (samples === 10) child.stdin?.write('x');
      },
    }).catch((error: unknown) => error);
    expect(recorded).toHaveProperty('tail.end', 'exited');
    expect(await target.end()).toBe(0);
    expect(await target.output).toBe('fine\n');
  }
});

test('two recordings of one process: the second is refused, the first goes on', async () => {
  target = await startTarget(any.executable, 'split.py');
  const { pid } = target;
  for (const [hz, code] of [
    [50, 'already-traced'],
    [1, 'agent-refused'],
  ] as const) {
    let second: Promise<unknown> | null = null;
    let taken = 0;
    let refusedAt = Infinity;
    const stop = new AbortController();
    const first = await recordProcess(pid, {
      hz,
      stop: stop.signal,
      onProgress: ({ samples }) => {
        taken = samples;
        second ??= recordProcess(pid, { hz: 1 })
          .catch((error: unknown) => error)
          .finally(() => (refusedAt = taken));
        if (taken > refusedAt + 1) stop.abort();
      },
    });
    expect(await (second as unknown as Promise<unknown>)).toMatchObject({ code });
    expect(first.tail).toMatchObject({ end: 'interrupted', dropped: 0 });
  }
  expect(JSON.parse((await lastWords(target)).trim())).toMatchObject({ broken: [] });
});

const mounted = ((): string | null => {
  const at = join(directory, 'small');
  try {
    execFileSync('mkdir', [at]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'sleeper-test', at], { stdio: 'ignore' });
    return at;
  } catch {
    return null;
  }
})();

(mounted === null ? test.skip : test)(
  'a disk that is full: what was recorded stays, and the process gets its memory back',
  async () => {
    const { createRecordingFile } = await import('../../src/profile/recordingSink.js');
    const { readRecording } = await import('../../src/profile/readRecording.js');
    target = await startTarget(any.executable, 'made.py', ['recursion']);
    const path = join(mounted ?? '', 'full.sleeper');
    let samples = 0;
    const failed = await recordProcess(target.pid, {
      hz: 100,
      open: () => createRecordingFile(path),
      onProgress: (progress) => void (samples = progress.samples),
    }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'recording-unwritable' });
    expect((failed as Error).message).toContain('the disk is full');
    const { meta } = await readRecording(path);
    expect(meta).toMatchObject({ end: null, samples });
    expect(samples).toBeGreaterThan(1);
    // At once: nothing is left of the first.
    const again: Recorded = await recordSamples(target.pid, 5);
    expect(again.profile.meta.samples).toBe(5);
    await lastWords(target);
  },
);
