import { expect } from '@jest/globals';
import { whyReport, type Finding, type WhyReport } from '../../src/model/why.js';
import { why } from '../../src/usecases/why.js';
import type { Python } from './pythons.js';
import { footprint, statusOf } from './target.js';
import { until } from './until.js';
import { schemaErrors } from './validate.js';

/** Asks why, and sees to it that the process is as it was. */
export async function ask(pid: number): Promise<WhyReport> {
  const before = footprint(pid);
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
  expect(footprint(pid)).toEqual(before);
  return report;
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

/** Those with each implementation of locks, frames and the GIL, for what does not depend on more than that. */
export function kindsOf(pythons: readonly Python[]): Python[] {
  return pythons.filter(({ version }) => /^(2\.7|3\.6|3\.8|3\.11|3\.12|3\.13|3\.15)\./.test(version));
}
