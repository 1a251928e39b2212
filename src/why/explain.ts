import type { Snapshot } from '../model/snapshot.js';
import type { Finding, Wait, WhyReport, WhyThread } from '../model/why.js';
import type { KernelFacts } from '../model/kernelFacts.js';
import { withBoundedSemaphores } from './boundedSemaphores.js';
import { celeryPool, celeryTaskWaitedFor } from './celeryWaits.js';
import { findingsOf } from './findings.js';
import { explainGreenlets } from './greenlets.js';
import { sharedLocksByOwner } from './sharedLocks.js';
import { placeOf } from './stack.js';
import { whyTasks } from './whyTasks.js';
import { waitsOf, type ThreadWait } from './waits.js';
import { doing, nameOf } from './words.js';

/** What many threads wait for, one by one told elsewhere. */
const inGeneral: Readonly<Record<Wait['for'], string>> = {
  lock: 'for locks',
  gil: 'for the GIL',
  condition: 'to be notified',
  event: 'for events',
  semaphore: 'for semaphores',
  barrier: 'at barriers',
  queue: 'for queues',
  thread: 'for threads to end',
  future: 'for futures',
  import: 'for imports',
  work: 'for work',
  process: 'for child processes',
  descriptor: 'for data or connections',
  'file lock': 'for locks on files',
  time: 'for time to pass',
  signal: 'for signals',
  unknown: 'in C code or in the kernel',
};

function whyThread(each: ThreadWait, holds: ReadonlyMap<number, readonly string[]>): WhyThread {
  const { thread, wait } = each;
  const frame = placeOf(thread);
  const ident = thread.python?.ident ?? null;
  const holdsShared = ident === null ? undefined : holds.get(ident);
  const task = celeryTaskWaitedFor(thread);
  return {
    tid: thread.tid,
    name: thread.python?.name ?? thread.kernel?.name ?? null,
    python: thread.python !== null,
    doing: doing(each),
    place:
      frame === null
        ? null
        : { function: frame.qualifiedName ?? frame.function, file: frame.file, line: frame.line },
    forMs: wait === null ? null : (thread.kernel?.lastRanMsAgo ?? null),
    waits: wait === null || task === null ? wait : { ...wait, task },
    ...(holdsShared === undefined ? {} : { holdsShared: [...holdsShared] }),
  };
}

/** `not hung: thread "MainThread" (4711) waits for a connection on fd 3; 12 threads wait for work` */
function allIsWell(waits: readonly ThreadWait[], pid: number, greenlets: readonly string[]): string {
  const main = waits.find(({ thread }) => thread.tid === pid);
  const counts = new Map<string, number>();
  for (const { thread, wait } of waits) {
    if (thread === main?.thread) continue;
    const what = wait === null ? 'run' : `wait ${inGeneral[wait.for]}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const others = [...counts].map(([what, count]) =>
    count === 1 ? `1 thread ${what.replace(/^wait|^run/, '$&s')}` : `${count} threads ${what}`,
  );
  const first = main === undefined ? [] : [`thread ${nameOf(main.thread)} ${doing(main)}`];
  return `not hung: ${[...first, ...others, ...greenlets].join('; ')}`;
}

/** The verdict in words, from the findings. */
function verdictOf(findings: readonly Finding[], well: () => string): Pick<WhyReport, 'verdict' | 'text'> {
  const hung = findings.filter((finding) => finding.hung);
  if (hung.length === 0) return { verdict: 'not hung', text: well() };
  return { verdict: 'hung', text: hung.map(({ text }) => text).join('\n') };
}

/**
 * A snapshot without threads of the parent: 2.7 keeps what it knows of them in the child of a fork. The kernel has no
 * thread for them.
 */
function withoutGhosts(snapshot: Snapshot, { forkedFrom }: KernelFacts): Snapshot {
  const known = snapshot.threads.filter(({ tid }) => tid !== null);
  return forkedFrom === null || known.length === 0 ? snapshot : { ...snapshot, threads: known };
}

/** Why a process does not go on, or that it does. */
export function explain(
  snapshot: Snapshot,
  facts: KernelFacts,
): Pick<
  WhyReport,
  'verdict' | 'text' | 'findings' | 'threads' | 'greenlets' | 'tasks' | 'tasksTruncated' | 'celery'
> {
  const living = withBoundedSemaphores(withoutGhosts(snapshot, facts));
  const waits = waitsOf(living, facts);
  const { greenlets, summary, findings: ofGreenlets } = explainGreenlets(living, waits);
  const findings = [...findingsOf(waits, living, facts), ...ofGreenlets].sort(
    (a, b) => Number(b.hung) - Number(a.hung),
  );
  const holds = sharedLocksByOwner(living.threads, facts);
  const tasks = whyTasks(snapshot);
  const { tasksTruncated } = snapshot;
  const celery = celeryPool(snapshot);
  return {
    ...verdictOf(findings, () => allIsWell(waits, snapshot.process.pid, summary)),
    findings,
    threads: waits.map((each) => whyThread(each, holds)),
    ...(greenlets === undefined ? {} : { greenlets }),
    ...(tasks.length === 0 ? {} : { tasks }),
    ...(tasksTruncated === undefined ? {} : { tasksTruncated }),
    ...(celery === undefined ? {} : { celery }),
  };
}
