import type { KernelFacts } from '../model/kernelFacts.js';
import type { Thread } from '../model/snapshot.js';
import type { WhyReport, WhyThread } from '../model/why.js';
import { isBetweenProcesses, isLock, type LockValue } from './locks.js';
import { framesOf, readable } from './stack.js';

/** The locks and semaphores of multiprocessing that the frames of a thread have at hand. */
export function semLocksOf(thread: Thread): LockValue[] {
  return framesOf(thread)
    .flatMap(({ variables, calledLocks, stackLocks }) => [
      ...readable(variables),
      ...readable(calledLocks),
      ...readable(stackLocks),
    ])
    .filter(isLock)
    .filter(isBetweenProcesses);
}

/** What a lock or semaphore of multiprocessing is called in all processes that share it; undefined: that is not known. */
export function sharedName({ lock }: LockValue, { sharedMemory }: KernelFacts): string | undefined {
  return lock.futex === null ? undefined : sharedMemory.get(lock.futex);
}

/** The locks between processes that threads hold, as their process remembers it: by Python's ident of the thread. */
export function sharedLocksByOwner(threads: readonly Thread[], facts: KernelFacts): Map<number, string[]> {
  const held = new Map<number, string[]>();
  for (const value of threads.flatMap(semLocksOf)) {
    const { owner } = value.lock;
    const name = sharedName(value, facts);
    if (owner === null || name === undefined) continue;
    const names = held.get(owner) ?? [];
    if (!names.includes(name)) held.set(owner, [...names, name]);
  }
  return held;
}

interface Claim {
  readonly report: WhyReport;
  readonly thread: WhyThread;
}

/** The one thread of another process that says it holds what is waited for. */
function holderOf({ waits }: WhyThread, own: WhyReport, reports: readonly WhyReport[]): Claim | null {
  const name = waits?.shared;
  if (name === undefined || waits?.heldBy !== null) return null;
  const claims = reports.flatMap((report) =>
    report.threads
      .filter(({ holdsShared }) => holdsShared?.includes(name) === true)
      .map((thread) => ({ report, thread })),
  );
  const [one] = claims;
  return one === undefined || claims.length > 1 || one.report === own ? null : one;
}

function withHolder(thread: WhyThread, { report, thread: holder }: Claim): WhyThread {
  const { waits } = thread;
  if (waits === null) return thread;
  const { pid, command } = report.process;
  const { tid, name } = holder;
  const who = `thread ${name === null ? tid : `"${name}" (${tid})`} of process ${pid} (${command}) (inferred)`;
  const doing =
    waits.for === 'lock' ? thread.doing.replace(/, which another process has$/, '') : thread.doing;
  return {
    ...thread,
    doing: `${doing}, ${waits.for === 'lock' ? 'held by' : 'whose lock is held by'} ${who}`,
    waits: { ...waits, heldBy: { tid, name, pid, how: 'owner', inferred: true } },
  };
}

/** The same reports, with who in another one of these processes holds the locks between processes that are waited for. */
export function withHoldersElsewhere(reports: readonly WhyReport[]): WhyReport[] {
  return reports.map((report) => {
    let { text } = report;
    const threads = report.threads.map((thread) => {
      const holder = holderOf(thread, report, reports);
      if (holder === null) return thread;
      const told = withHolder(thread, holder);
      text = text.replace(thread.doing, () => told.doing);
      return told;
    });
    return { ...report, text, threads };
  });
}
