import type { AgentReport, PythonThread } from '../model/agentReport.js';
import type { KernelThread, Thread } from '../model/snapshot.js';

type Gil = AgentReport['interpreters'][number]['gil'];

function waitsFor(gil: Gil, kernel: KernelThread): boolean | null {
  if (gil.condition === null || gil.conditionBytes === null) return null;
  const waited = kernel.systemCall?.futex;
  if (waited === undefined || waited === null) return false;
  const offset = BigInt(waited) - BigInt(gil.condition);
  return offset >= 0n && offset < BigInt(gil.conditionBytes);
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

/**
 * The threads as the interpreter knows them joined with those that the kernel knows, by thread id, in the order of
 * the ids. What is on one side only keeps the other side null: native threads, or threads that began meanwhile.
 * @param outerTids see `namespaceTids`
 */
export function mergeThreads(
  report: Pick<AgentReport, 'threads' | 'interpreters'>,
  kernelThreads: readonly KernelThread[],
  outerTids: ReadonlyMap<number, number> | null = null,
): Thread[] {
  const kernelByTid = new Map(kernelThreads.map((kernel) => [kernel.tid, kernel]));
  const merged = report.threads.map((thread): Thread => {
    const { tid: inner, ...python } = thread;
    const tid = outerTids === null || inner === null ? inner : (outerTids.get(inner) ?? null);
    const kernel = tid === null ? null : (kernelByTid.get(tid) ?? null);
    return { tid, kernel, python, gil: gilOf(thread, kernel, report.interpreters) };
  });
  const known = new Set(merged.map(({ tid }) => tid));
  const native = kernelThreads
    .filter(({ tid }) => !known.has(tid))
    .map((kernel): Thread => ({ tid: kernel.tid, kernel, python: null, gil: 'none' }));
  return [...merged, ...native].sort((a, b) => (a.tid ?? Infinity) - (b.tid ?? Infinity) || 0);
}
