import { readFileSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Profile, ProfileFrame, ProfileSpan } from '../../src/profile/profile.js';
import { findPythons, type Python } from '../support/pythons.js';
import { recordProcess, samplesOf, stackOf } from '../support/recordings.js';
import { monotonicSeconds, type SplitReport, type SplitThread } from '../support/splitReport.js';
import { footprint, startTarget, statusOf, type Target } from '../support/target.js';

const hz = 50;
const wanted = 150;
const bytes = 1 << 20;
/** Of the standard error: one run in two millions goes beyond by chance. */
const sigmas = 5;

let target: Target | undefined;
afterEach(() => {
  target?.kill();
});

/** One recording of test/targets/split.py. */
interface Run {
  readonly python: Python;
  readonly profile: Profile;
  readonly report: SplitReport;
  /** The samples of each thread between the marks; the same index is the same moment. */
  readonly samples: ReadonlyMap<string, readonly ProfileSpan[]>;
  /** When each sample had been taken, by CLOCK_MONOTONIC in seconds. */
  readonly times: readonly number[];
  readonly exitCode: number | null;
  readonly harm: readonly string[];
}

/**
 * The KiB of memory that the process keeps from its children and from core dumps (proc_pid_smaps(5): dc, dd), as that of
 * a recording; the program itself has none.
 */
function secretKiB(pid: number): number {
  const sizes = readFileSync(`/proc/${pid}/smaps`, 'utf8').matchAll(
    /^Size: +(\d+) kB(?:\n(?!VmFlags).*)*\nVmFlags:(.*)/gm,
  );
  return [...sizes].reduce(
    (sum, [, size, flags = '']) => (/ dc .*\bdd /.test(flags) ? sum + Number(size) : sum),
    0,
  );
}

/** What must not change. The threads look at their own schedstat now and then: that is their own business. */
function traces(pid: number): object {
  const { fds, threads } = footprint(pid);
  const own = (fd: string): boolean => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith('/schedstat');
    } catch {
      return true; // it was closed just now, by the process itself
    }
  };
  return { fds: fds.filter((fd) => !own(fd)), threads, secretKiB: secretKiB(pid) };
}

async function runOnce(python: Python): Promise<Run> {
  target = await startTarget(python.executable, 'split.py');
  const { pid, child } = target;
  const before = traces(pid);
  const secretBefore = secretKiB(pid);
  const stop = new AbortController();
  const times: number[] = [];
  const harm: string[] = [];
  let memoryKiB = 0;
  const { profile } = await recordProcess(pid, {
    ...{ hz, bytes },
    stop: stop.signal,
    onProgress: () => {
      times.push(monotonicSeconds());
      if (times.length === 1) child.stdin?.write('b');
      if (times.length === wanted) child.stdin?.write('e');
      // The mark is made by then, and in the midst of the recording.
      if (times.length === wanted + 10) {
        memoryKiB = secretKiB(pid) - secretBefore;
        stop.abort();
      }
    },
  });
  const after = traces(pid);
  if (JSON.stringify(after) !== JSON.stringify(before))
    harm.push(`${JSON.stringify(after)}, before ${JSON.stringify(before)}`);
  if (memoryKiB !== bytes >> 10) harm.push(`the recording had ${memoryKiB} KiB`);
  if (statusOf(pid).tracerPid !== 0) harm.push('it is still traced');
  const exitCode = await target.end();
  const report = JSON.parse((await target.output).trim().split('\n').at(-1) ?? '') as SplitReport;
  const samples = new Map(
    profile.threads.map(({ name }, thread) => [
      name ?? '',
      samplesOf(profile, thread).filter((_, i) => times[i]! >= report.begin && times[i]! <= report.end),
    ]),
  );
  return { python, profile, report, samples, times, exitCode, harm };
}

/** How often something was sampled, and how often it is to be expected. */
interface Count {
  readonly what: string;
  readonly found: number;
  readonly samples: number;
  /** The share of the time, or its bounds where the target does not know it exactly. */
  readonly least: number;
  readonly most: number;
}

const seconds = ({ report }: Run): number => report.end - report.begin;

/** A sample is of some moment of a pause: at both ends of the stretch it may be on this side of the mark or on that. */
const edges = (run: Run): number => (2 * run.profile.meta.worstPauseUs) / 1e6 / seconds(run);

/** The counts that are further from what is expected than chance allows. */
function beyondChance(counts: readonly Count[], allowance: number): string[] {
  return counts.flatMap(({ what, found, samples, least, most }) => {
    const expected = Math.min(Math.max(found / samples, least), most);
    const error = sigmas * Math.sqrt((expected * (1 - expected)) / samples) + 1 / samples + allowance;
    const far = Math.abs(found / samples - expected) > error;
    return far
      ? [`${what}: ${found} of ${samples}, not ${(100 * least).toFixed(1)} to ${(100 * most).toFixed(1)} %`]
      : [];
  });
}

function countOf(
  what: string,
  samples: readonly ProfileSpan[],
  is: (span: ProfileSpan) => boolean,
  least: number,
  most = least,
): Count {
  return { what, found: samples.filter(is).length, samples: samples.length, least, most };
}

const innermost = (profile: Profile, span: ProfileSpan): string =>
  stackOf(profile, span).at(-1)?.function ?? '';

function threadsOf(run: Run): [name: string, thread: SplitThread, samples: readonly ProfileSpan[]][] {
  return Object.entries(run.report.threads).map(([name, thread]) => [
    name,
    thread,
    run.samples.get(name) ?? [],
  ]);
}

/** The share of each phase of each thread. */
function phaseCounts(run: Run): Count[] {
  return threadsOf(run).flatMap(([name, { phases }, samples]) =>
    Object.entries(phases).map(([phase, inIt]) =>
      countOf(
        `${name} in ${phase}`,
        samples,
        (span) => innermost(run.profile, span) === phase,
        inIt / seconds(run),
      ),
    ),
  );
}

/** How long a thread slept on purpose: of its two phases each had half of the turns, or one more. */
function sleepShare(run: Run, { turns }: SplitThread, phases: readonly string[]): [number, number] {
  const meant = phases.reduce((sum, phase) => sum + (run.report.meant[phase] ?? 0), 0);
  return [((turns - 1) / 2) * (meant / seconds(run)), ((turns + 1) / 2) * (meant / seconds(run))];
}

/** What threads were doing, as far as they or the kernel know it. */
function stateCounts(run: Run): Count[] {
  const counts: Count[] = [];
  for (const [name, thread, samples] of threadsOf(run)) {
    const state =
      (...states: string[]) =>
      (span: ProfileSpan) =>
        states.includes(span.state);
    if (thread.cpu !== null && thread.ready !== null) {
      const busy = (thread.cpu + thread.ready) / seconds(run);
      // While the process is stopped nobody runs, and nobody is sampled.
      const most = Math.min(1, busy / (1 - Math.min(0.9, run.profile.meta.stoppedShare)));
      counts.push(countOf(`${name} on a processor`, samples, state('cpu'), busy, most));
      // One that spins waits for nothing but the GIL.
      if (name.startsWith('turning'))
        counts.push(countOf(`${name} waits for the GIL`, samples, state('gil'), 1 - most, 1 - busy));
    }
    if (name === 'idle' || name === 'MainThread')
      counts.push(countOf(`${name} idle`, samples, state('idle'), 1));
    if (name === 'napping') {
      const [least, most] = sleepShare(run, thread, ['nap_short', 'nap_long']);
      counts.push(countOf('napping idle', samples, state('idle'), least, most));
    }
    if (name === 'holding')
      counts.push(
        countOf(
          'holding the GIL while it sleeps',
          samples,
          (span) => span.holdsGil && span.state === 'idle' && innermost(run.profile, span) === 'hold',
          ...sleepShare(run, thread, ['hold']),
        ),
      );
  }
  return counts;
}

/** What the pokes themselves cost every thread: to be stopped and to run on. */
function costOfPokes({ report, ...run }: Run): number {
  const idle = report.threads['idle'];
  return ((idle?.cpu ?? 0) + (idle?.ready ?? 0)) / seconds({ report, ...run });
}

/** Between the look at a thread and the stop some tenths of a millisecond pass, more on a busy machine. */
const movedOn = 0.03;

/**
 * The share of the samples that came so soon after another one, for they come at random, that a thread which that one
 * has woken may not be back at its wait.
 */
function tooSoon({ times, profile }: Run): number {
  const gap = (2 * profile.meta.meanPauseUs) / 1e6 + 0.005;
  const soon = times.filter((time, i) => i > 0 && time - times[i - 1]! < gap);
  return soon.length / times.length + movedOn;
}

const keyOf = ({ function: name, file }: ProfileFrame): string => `${name} ${file}`;

/** Calls that the program does not make, and lines that its functions do not have. */
function impossible({ profile, report }: Run): string[] {
  const pairs = new Set(report.pairs.map((pair) => pair.join('\n')));
  const found = new Set<string>();
  for (const span of profile.spans) {
    let caller = '';
    for (const frame of stackOf(profile, span)) {
      const key = keyOf(frame);
      const [first, last] = report.functions[key] ?? [Infinity, -Infinity];
      if (!pairs.has(`${caller}\n${key}`)) found.add(`${caller} -> ${key}`);
      if (frame.line === null || frame.line < first || frame.line > last) found.add(`${key}:${frame.line}`);
      caller = key;
    }
  }
  return [...found];
}

const runs: Run[] = [];

describe.each(findPythons())('a recording of $label', (python) => {
  test('agrees with what the target knows of itself, and leaves no trace in it', async () => {
    const run = await runOnce(python);
    runs.push(run);
    const { profile, report, samples, exitCode, harm } = run;

    expect(harm).toEqual([]);
    expect(report.broken).toEqual([]);
    expect(exitCode).toBe(0);

    const named = Object.entries(report.threads).map(([name, { tid }]) => ({ pid: target?.pid, tid, name }));
    expect([...profile.threads].sort((a, b) => a.tid! - b.tid!)).toEqual(named.sort((a, b) => a.tid - b.tid));
    // All threads were there all the time: each is in each sample, some 150 of them between the marks.
    profile.threads.forEach((_, thread) => {
      expect(samplesOf(profile, thread)).toHaveLength(profile.meta.samples);
    });
    for (const each of samples.values()) expect(each.length).toBeGreaterThan(wanted - 20);

    expect(impossible(run)).toEqual([]);
    for (let i = 0; i < samples.get('idle')!.length; i++) {
      const holders = [...samples].filter(([, spans]) => spans[i]?.holdsGil === true).map(([name]) => name);
      expect(holders.length).toBeLessThan(2);
    }
    expect(beyondChance(phaseCounts(run), edges(run))).toEqual([]);
    expect(beyondChance(stateCounts(run), edges(run) + costOfPokes(run) + tooSoon(run))).toEqual([]);
  });
});

/** The same counts of several runs, put together. */
function pooled(all: readonly Count[][]): Count[] {
  const sums = new Map<string, Count>();
  for (const count of all.flat()) {
    const sum = sums.get(count.what);
    const samples = count.samples + (sum?.samples ?? 0);
    const mean = (pick: 'least' | 'most'): number =>
      (count[pick] * count.samples + (sum?.[pick] ?? 0) * (sum?.samples ?? 0)) / samples;
    sums.set(count.what, {
      what: count.what,
      found: count.found + (sum?.found ?? 0),
      samples,
      least: mean('least'),
      most: mean('most'),
    });
  }
  return [...sums.values()];
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

// What is a little wrong in each of them, and by chance cannot be told there, shows in all of them together.
test('all of them together agree as well', () => {
  expect(runs.length).toBeGreaterThan(0);
  const allowance = meanOf(runs.map(edges));
  expect(beyondChance(pooled(runs.map(phaseCounts)), allowance)).toEqual([]);
  const ofStates = meanOf(runs.map((run) => costOfPokes(run) + tooSoon(run)));
  expect(beyondChance(pooled(runs.map(stateCounts)), allowance + ofStates)).toEqual([]);
});
