import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect } from '@jest/globals';
import { whyReport, type Finding, type WhyReport } from '../../src/model/why.js';
import { descendants } from '../../src/target/processTree.js';
import { why } from '../../src/usecases/why.js';
import { findPythons, type Python } from './pythons.js';
import { standstill } from './standstill.js';
import { footprint, startTarget, statusOf, type Target } from './target.js';
import { until } from './until.js';
import { schemaErrors } from './validate.js';

/** What a scenario of test/targets/zoo*.py says of itself. */
export interface Facts {
  /** The process that it is about. */
  pid: number;
  /** A child of it. */
  child: number | null;
  /** The addresses of the objects that are waited for. */
  at: Record<string, string>;
  /** The process that was started; it may be the parent of the one that it is about. */
  started: number;
}

let target: Target | undefined;
afterEach(() => {
  const others = target === undefined ? [] : descendants(target.pid);
  target?.kill();
  for (const pid of others) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended with its parent.
    }
  }
  target = undefined;
});

/** What the scenarios leave behind. */
const scratch = mkdtempSync(join(tmpdir(), 'sleeper-zoo-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

/** Starts a scenario, and waits until it has come to it. */
export async function start({ executable }: Python, scenario: string, script = 'zoo.py'): Promise<Facts> {
  target = await startTarget(executable, script, [scenario], { env: { TMPDIR: scratch } });
  const facts = JSON.parse(target.ready) as Omit<Facts, 'started'>;
  return { ...facts, started: target.pid };
}

/** Asks why. */
export async function look(pid: number): Promise<WhyReport> {
  const report = await why(pid, {
    sleeperVersion: '0.1.0',
    signal: new AbortController().signal,
    beforeInjection: () => Promise.reject(new Error('the agent is not there')),
    log: () => undefined,
  });
  expect(whyReport.parse(report)).toEqual(report);
  expect(schemaErrors('why', report)).toEqual([]);
  expect(report.process.pid).toBe(pid);
  expect(statusOf(pid).tracerPid).toBe(0);
  return report;
}

/** Asks why, and sees to it that the process is as it was. */
export async function ask(pid: number): Promise<WhyReport> {
  const before = footprint(pid);
  const report = await look(pid);
  expect(footprint(pid)).toEqual(before);
  return report;
}

/** A scenario in which in the end nothing moves any more. */
export async function standing(
  python: Python,
  scenario: string,
  script?: string,
): Promise<{ facts: Facts; report: WhyReport }> {
  const facts = await start(python, scenario, script);
  await standstill(facts.pid);
  if (facts.child !== null && statusOf(facts.child).state !== 'T') await standstill(facts.child);
  return { facts, report: await ask(facts.pid) };
}

/** Until the main thread of a process has slept for so long. */
export async function sleepsFor(pid: number, ms: number): Promise<void> {
  let since = performance.now();
  await until(() => {
    if (statusOf(pid).state !== 'S') since = performance.now();
    // Half a second for the clocks of two processors, which may be apart by more than a tick.
    return performance.now() - since > ms + 500;
  });
}

/** The one thing that is wrong. */
export function onlyHung({ verdict, findings }: WhyReport): Finding {
  const [one, ...more] = findings.filter(({ hung }) => hung);
  expect({ verdict, more }).toEqual({ verdict: 'hung', more: [] });
  if (one === undefined) throw new Error('nothing was found');
  return one;
}

/** Nothing is wrong. */
export function expectWell({ verdict, findings }: WhyReport): void {
  expect({ verdict, hung: findings.filter(({ hung }) => hung) }).toEqual({ verdict: 'not hung', hung: [] });
}

/** What each thread waits for: the kind, the object, who has it; by name. */
export function waitsOf({ threads }: WhyReport): Record<string, [string, string | null, string | null]> {
  return Object.fromEntries(
    threads.map(({ name, waits }) => [
      name ?? '',
      [waits?.for ?? 'nothing', waits?.address ?? null, waits?.heldBy?.name ?? null],
    ]),
  );
}

export function doingOf({ threads }: WhyReport, name: string): string {
  return threads.find((thread) => thread.name === name)?.doing ?? 'no such thread';
}

export const pythons = findPythons();
const oneOfEach = (versions: readonly number[]): Python[] =>
  process.env['SLEEPER_ALL_PYTHONS'] === '1' ? pythons : someOf(versions);
const someOf = (versions: readonly number[]): Python[] =>
  versions.flatMap((wanted) => pythons.filter(({ short }) => short === wanted).slice(-1));
/** One with each implementation of locks, frames and the GIL, for what does not depend on more than that. */
export const kinds = oneOfEach([0x0207, 0x0306, 0x0308, 0x030b, 0x030c, 0x030d, 0x030f]);
/** For what depends on the kernel more than on Python. */
export const few = oneOfEach([0x0207, 0x030b, 0x030f]);
export const threes = (list: Python[]): Python[] => list.filter(({ short }) => short >= 0x0300);

/** May this user have a mount namespace of his own? */
export function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
