import { setTimeout } from 'node:timers/promises';
import type { Finding, WhyReport } from '../../model/why.js';

/** The main process wakes now and then; it is asked again until it is found at rest. */
const mostLooks = 5;
const pauseMs = 50;

/** The tasks that a process of a worker waits for. */
function tasksWaitedFor({ threads }: WhyReport): string[] {
  return threads.flatMap(({ waits }) => waits?.task ?? []);
}

/** All processes of the pool of a worker, if each waits for a task; null: one does something else. */
function waitingPool({ process, celery }: WhyReport, reports: readonly WhyReport[]): WhyReport[] | null {
  if (celery === undefined || celery.processes === null) return null;
  const pool = reports.filter(
    (report) => report.process.parentPid === process.pid && tasksWaitedFor(report).length === 1,
  );
  return pool.length === celery.processes ? pool : null;
}

/** Has the main process nothing to attend to, so that what it says of its pool is so? */
function isAtRest({ process, threads }: WhyReport): boolean {
  return threads.some(({ tid, waits }) => tid === process.pid && waits?.for === 'work');
}

/** What the main process says after its pool was asked; null: it does not come to rest, or is not there any more. */
async function askedAgain(
  pid: number,
  ask: (pid: number) => Promise<WhyReport>,
  signal: AbortSignal,
): Promise<WhyReport | null> {
  for (let look = 0; look < mostLooks; look++) {
    if (look > 0) await setTimeout(pauseMs, undefined, { signal });
    const report = await ask(pid).catch(() => null);
    signal.throwIfAborted();
    if (report === null || isAtRest(report)) return report;
  }
  return null;
}

function finding(report: WhyReport, pool: readonly WhyReport[], waiting: number): Finding {
  const thread = report.threads.find(({ waits }) => waits?.task !== undefined);
  const who = pool.length === 1 ? 'the only process waits' : `all ${pool.length} processes wait`;
  const queued = waiting === 1 ? '1 task is' : `${waiting} tasks are`;
  const name = thread === undefined ? '' : `"${thread.name ?? ''}" (${thread.tid ?? '?'}) ${thread.doing}`;
  return {
    kind: 'starved pool',
    hung: true,
    inferred: true,
    tids: thread?.tid === undefined || thread.tid === null ? [] : [thread.tid],
    text: `deadlock of a pool of Celery: ${who} for tasks that are left to the same pool, of worker ${report.process.parentPid}: thread ${name}; ${queued} yet to be begun`,
  };
}

/**
 * The same reports, with the pools of Celery in which every process waits for a task that its own worker has received, and
 * none has begun. The main process is asked once more, after its pool: a task that has not been begun even then was
 * waited for all the time.
 * @throws the reason of the signal
 */
export async function withStarvedCelery(
  reports: readonly WhyReport[],
  ask: (pid: number) => Promise<WhyReport>,
  signal: AbortSignal,
): Promise<WhyReport[]> {
  const told = new Map<WhyReport, Finding>();
  for (const main of reports) {
    const pool = waitingPool(main, reports);
    if (pool === null) continue;
    const again = await askedAgain(main.process.pid, ask, signal);
    if (again?.celery?.processes !== pool.length) continue;
    const { waiting } = again.celery;
    if (!pool.flatMap(tasksWaitedFor).every((task) => waiting.includes(task))) continue;
    for (const report of pool) told.set(report, finding(report, pool, waiting.length));
  }
  return reports.map((report) => {
    const found = told.get(report);
    if (found === undefined) return report;
    const text = report.verdict === 'hung' ? `${found.text}\n${report.text}` : found.text;
    return { ...report, verdict: 'hung', text, findings: [found, ...report.findings] };
  });
}
