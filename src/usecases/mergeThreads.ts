import type { AgentReport, PythonThread } from '../model/agentReport.js';
import type { KernelThread, Thread } from '../model/snapshot.js';

type Gil = AgentReport['interpreters'][number]['gil'];

function waitsFor(gil: Gil, kernel: KernelThread): boolean | null {
  if (gil.locks === null || gil.locksBytes === null) return null;
  const waited = kernel.systemCall?.futex;
  if (waited === undefined || waited === null) return false;
  const offset = BigInt(waited) - BigInt(gil.locks);
  return offset >= 0n && offset < BigInt(gil.locksBytes);
}

/** What a thread has to do with the GIL: its holder is known from memory, who waits by the futex it waits on. */
export function gilOf(
  python: PythonThread | null,
  kernel: KernelThread | null,
  interpreters: AgentReport['interpreters'],
): Thread['gil'] {
  if (python === null) return 'none';
  if (python.holdsGil) return 'holds';
  const gil = interpreters.find(({ id }) => id === python.interpreter)?.gil;
  if (gil === undefined || kernel === null) return 'unknown';
  const waits = waitsFor(gil, kernel);
  if (waits === null) return gil.locked === false ? 'released' : 'unknown';
  return waits ? 'waits' : 'released';
}

/** A thread that runs since it was looked at. */
function running(thread: KernelThread): KernelThread {
  return { ...thread, state: 'R', systemCall: null, waitChannel: null, lastRanMsAgo: null };
}

/** Who has the mutex that a thread waits for, by the id that the thread has outside of its pid namespace. */
function withOuterOwner(thread: KernelThread, outerTids: ReadonlyMap<number, number> | null): KernelThread {
  const { systemCall } = thread;
  const owner = systemCall?.mutexOwner;
  if (systemCall === null || owner === undefined || outerTids === null) return thread;
  // Of a thread that is none of the process nothing is known here.
  return { ...thread, systemCall: { ...systemCall, mutexOwner: outerTids.get(owner) ?? 0 } };
}

/**
 * The threads as the interpreter knows them joined with those that the kernel knows, by thread id, in the order of
 * the ids. What is on one side only keeps the other side null: native threads, or threads that began meanwhile.
 * @param outerTids see `namespaceTids`
 * @param moved the ids of those that have left their system call since; who waits for the GIL does so now and then, in
 *   order to ask for it
 */
export function mergeThreads(
  report: Pick<AgentReport, 'threads' | 'interpreters'>,
  kernelThreads: readonly KernelThread[],
  outerTids: ReadonlyMap<number, number> | null = null,
  moved: ReadonlySet<number> = new Set(),
): Thread[] {
  const current = <T extends KernelThread | null>(kernel: T): T | KernelThread =>
    kernel !== null && moved.has(kernel.tid) ? running(kernel) : kernel;
  const kernelByTid = new Map(kernelThreads.map((kernel) => [kernel.tid, withOuterOwner(kernel, outerTids)]));
  const merged = report.threads.map((thread): Thread => {
    const { tid: inner, ...python } = thread;
    const tid = outerTids === null || inner === null ? inner : (outerTids.get(inner) ?? null);
    const kernel = tid === null ? null : (kernelByTid.get(tid) ?? null);
    const gil = gilOf(thread, kernel, report.interpreters);
    return { tid, kernel: gil === 'waits' ? kernel : current(kernel), python, gil };
  });
  const known = new Set(merged.map(({ tid }) => tid));
  const native = [...kernelByTid.values()]
    .filter(({ tid }) => !known.has(tid))
    .map((kernel): Thread => ({ tid: kernel.tid, kernel: current(kernel), python: null, gil: 'none' }));
  return [...merged, ...native].sort((a, b) => (a.tid ?? Infinity) - (b.tid ?? Infinity) || 0);
}
