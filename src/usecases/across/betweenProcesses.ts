import { setTimeout } from 'node:timers/promises';
import type { WhyReport } from '../../model/why.js';
import { withHoldersElsewhere } from '../../why/sharedLocks.js';
import { stuckTogetherFinding, type StuckProcess } from '../../why/stuckText.js';
import { stuckTogether } from './stuckTogether.js';
import type { HolderOf } from './whoCanEnd.js';

/** Threads that the stop has interrupted go back to what they waited in; on a busy machine that takes a moment. */
const pauseMs = 20;
const mostLooks = 5;

/** May it be that a process waits for nothing but other ones? */
function isAtRest({ verdict, threads }: WhyReport): boolean {
  return (
    verdict === 'not hung' &&
    threads.length > 0 &&
    threads.every(({ waits }) => waits !== null && !waits.timeout && waits.for !== 'gil')
  );
}

/** Those that stand still with others, by pid. */
async function allStuck(
  reports: readonly WhyReport[],
  holderOf: HolderOf,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly StuckProcess[]>> {
  const stuck = new Map<number, readonly StuckProcess[]>();
  let moving = reports.filter(isAtRest).map(({ process: { pid } }) => pid);
  for (let look = 0; look < mostLooks && moving.length > 0; look++) {
    if (look > 0) await setTimeout(pauseMs, undefined, { signal });
    moving = moving.filter((pid) => {
      signal.throwIfAborted();
      const standing = stuckTogether(pid, holderOf);
      if (standing.kind === 'stuck') stuck.set(pid, standing.processes);
      return standing.kind === 'moving';
    });
  }
  return stuck;
}

/**
 * The same reports, with what hangs because processes wait for each other. The processes must have been let go.
 * @throws the reason of the signal
 */
export async function betweenProcesses(
  alone: readonly WhyReport[],
  signal: AbortSignal,
): Promise<WhyReport[]> {
  const reports = withHoldersElsewhere(alone);
  const byPid = new Map(reports.map((report) => [report.process.pid, report]));
  // Who went on when it was asked may have released the lock since.
  const holderOf: HolderOf = (pid, tid, shared) => {
    const waits = byPid.get(pid)?.threads.find((thread) => thread.tid === tid)?.waits;
    const holder = waits?.shared === shared ? byPid.get(waits.heldBy?.pid ?? 0) : undefined;
    return holder !== undefined && isAtRest(holder) ? holder.process.pid : null;
  };
  const stuck = await allStuck(reports, holderOf, signal);
  return reports.map((report) => {
    const processes = stuck.get(report.process.pid);
    if (processes === undefined) return report;
    const finding = stuckTogetherFinding(processes, byPid);
    return { ...report, verdict: 'hung', text: finding.text, findings: [finding, ...report.findings] };
  });
}
