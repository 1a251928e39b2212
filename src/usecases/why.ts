import { SleeperError } from '../errors.js';
import type { FileDescriptor } from '../model/fileDescriptor.js';
import type { Snapshot, Thread } from '../model/snapshot.js';
import type { Finding, WhyReport } from '../model/why.js';
import { caughtSignals } from '../target/caughtSignals.js';
import { readChildren, readProcessFact } from '../target/childProcesses.js';
import { fileLockHolders } from '../target/fileLocks.js';
import { forkedFrom, readThreadNames } from '../target/forkedFrom.js';
import { futexPlace, sharedPlace } from '../target/futexPlace.js';
import { parseMaps, type Mapping } from '../target/maps.js';
import { messageQueues } from '../target/messageQueues.js';
import { semaphoreName } from '../target/namedSemaphores.js';
import { ownPipes } from '../target/ownPipes.js';
import { postgresWaits } from '../target/postgres.js';
import { tryOpenProcessMemory } from '../target/processMemory.js';
import { readProcessInfo } from '../target/processInfo.js';
import { tryReadProc } from '../target/procFile.js';
import { lockedDatabases } from '../target/sqliteLocks.js';
import { describeUninterruptible } from './uninterruptible.js';
import { explain } from '../why/explain.js';
import { queueOf } from '../why/kernelCalls.js';
import { semLocksOf } from '../why/sharedLocks.js';
import type { FutexPlace, KernelFacts, ProcessFact } from '../model/kernelFacts.js';
import { dump, type DumpOptions } from './dump.js';
import { readNativeStack } from './nativeStack.js';
import { watchHolder } from './watchHolder.js';

/** Conditions in which a process must not be touched, and which are the answer. */
const answers: Readonly<Record<string, Finding['kind']>> = {
  stopped: 'stopped',
  'already-traced': 'traced',
  frozen: 'frozen',
  uninterruptible: 'uninterruptible',
  zombie: 'ended',
};

/** What threads are blocked in as their only descriptor: a loop over many goes on without one of them. */
function awaitedAlone({ threads, fds }: Pick<Snapshot, 'threads' | 'fds'>): FileDescriptor[] {
  const alone = threads.flatMap(({ kernel }) =>
    kernel?.systemCall?.fds.length === 1 ? kernel.systemCall.fds : [],
  );
  return (fds ?? []).filter(({ fd }) => alone.includes(fd));
}

function stoppedPeers(awaited: readonly FileDescriptor[]): ProcessFact[] {
  const ends = awaited.flatMap((fd) => (fd.kind === 'pipe' || fd.kind === 'socket' ? fd.others : []));
  const pids = [...new Set(ends.map(({ pid }) => pid))];
  return pids.flatMap((pid) => readProcessFact(pid) ?? []).filter(({ state }) => state === 'T');
}

/** What the locks lie in that threads wait at or have. The mappings are as they are now, not in the stop. */
function placesOfLocks(
  pid: number,
  threads: readonly Thread[],
): Pick<KernelFacts, 'futexPlaces' | 'sharedMemory'> {
  const futexes = new Set(
    threads.flatMap(({ gil, kernel }) => (gil === 'waits' ? [] : (kernel?.systemCall?.futex ?? []))),
  );
  const semaphores = new Set(threads.flatMap(semLocksOf).flatMap(({ lock }) => lock.futex ?? []));
  const isAny = futexes.size + semaphores.size > 0;
  const mappings = isAny ? parseMaps(tryReadProc(`/proc/${pid}/maps`) ?? '') : [];
  const shared = [...semaphores].flatMap((address): [string, string][] => {
    const place = sharedPlace(BigInt(address), mappings);
    return place === null ? [] : [[address, place]];
  });
  const nameOf = (mapping: Mapping): string | null => semaphoreName(pid, mapping);
  const memory = futexes.size === 0 ? null : tryOpenProcessMemory(pid);
  const places = [...futexes].map((futex): [string, FutexPlace] => [
    futex,
    futexPlace(BigInt(futex), mappings, memory, nameOf),
  ]);
  memory?.close();
  return { futexPlaces: new Map(places), sharedMemory: new Map(shared) };
}

/** Asked only where a thread waits for one: the kernel takes 10 ms to tell of its locks. */
function holdersOfFileLocks(pid: number, threads: readonly Thread[]): ProcessFact[] {
  const waits = threads.some(({ kernel }) => /^(flock|fcntl)$/.test(kernel?.systemCall?.name ?? ''));
  return waits ? fileLockHolders(pid).flatMap((holder) => readProcessFact(holder) ?? []) : [];
}

/** What /proc says beside a snapshot. */
export function readKernelFacts({
  process: { pid },
  threads,
  fds,
}: Pick<Snapshot, 'threads' | 'fds'> & { readonly process: Pick<Snapshot['process'], 'pid'> }): KernelFacts {
  const parent = forkedFrom(pid);
  const awaited = awaitedAlone({ threads, fds });
  return {
    children: readChildren(pid),
    fileLockHolders: holdersOfFileLocks(pid, threads),
    stoppedPeers: stoppedPeers(awaited),
    ownPipes: ownPipes(pid, fds ?? []),
    lockedDatabases: lockedDatabases(pid, fds ?? []).map(({ path, holders }) => ({
      path,
      holders: holders.flatMap((holder) => readProcessFact(holder) ?? []),
    })),
    postgresWaits: postgresWaits(awaited),
    messageQueues: messageQueues(
      pid,
      threads.flatMap(({ kernel }) => queueOf(kernel?.systemCall ?? null) ?? []),
    ),
    forkedFrom: parent,
    parentThreads: parent === null ? [] : readThreadNames(parent),
    ...placesOfLocks(pid, threads),
    caughtSignals: caughtSignals(pid),
    gilHolderFunctions: [],
    busy: null,
  };
}

export type WhyOptions = Omit<DumpOptions, 'locals' | 'globals' | 'fds' | 'depth' | 'maxLength' | 'thread'>;

/** The report on a process that a snapshot was taken of. */
export function reportOn(snapshot: Snapshot, facts: KernelFacts): WhyReport {
  const { sleeperVersion, takenAt, stoppedUs, process, warnings } = snapshot;
  return {
    schemaVersion: 1,
    ...{ sleeperVersion, takenAt, stoppedUs, process },
    ...explain(snapshot, facts),
    warnings,
  };
}

/** What hangs, in words, as far as a snapshot of all threads tells that was taken just now; null: nothing. */
export function whatHangs(snapshot: Snapshot): string | null {
  const { verdict, text } = explain(snapshot, readKernelFacts(snapshot));
  return verdict === 'hung' ? text : null;
}

/**
 * The report on a process that stands still as a whole, so that it cannot be looked into.
 * @param error why it cannot; null is returned if that is something else
 */
export function reportOnUntouchable(pid: number, error: SleeperError, version: string): WhyReport | null {
  const kind = answers[error.code];
  if (kind === undefined) return null;
  const told = kind === 'uninterruptible' ? describeUninterruptible(pid) : null;
  const text = told ?? `${error.message} ${error.hint}`;
  return {
    schemaVersion: 1,
    sleeperVersion: version,
    takenAt: new Date().toISOString(),
    stoppedUs: null,
    process: readProcessInfo(pid),
    verdict: 'hung',
    text,
    findings: [{ kind, hung: true, inferred: false, tids: [], text }],
    threads: [],
    warnings: [],
  };
}

/** A report, and the snapshot that it rests on; null where the process must not be touched. */
export interface Look {
  readonly report: WhyReport;
  readonly snapshot: Snapshot | null;
}

/**
 * Looks why a process does not go on, if it does not. It is stopped for a snapshot; once more if its GIL is
 * held by a thread that sleeps, twice more if by one that runs.
 * @throws SleeperError; the reason of the signal when it is aborted
 */
export async function lookWhy(pid: number, options: WhyOptions): Promise<Look> {
  try {
    const wanted = { ...options, locals: true, globals: false, fds: true };
    const snapshot = await dump(pid, wanted);
    const facts = readKernelFacts(snapshot);
    const report = reportOn(snapshot, facts);
    const holder = report.findings.find(({ kind }) => kind === 'gil held')?.tids[0];
    if (holder === undefined) {
      const busy = await watchHolder(snapshot, wanted);
      return { report: busy === null ? report : reportOn(snapshot, { ...facts, busy }), snapshot };
    }
    const look = (): Promise<string[]> => readNativeStack(pid, holder, options).catch(() => []);
    const gilHolderFunctions = await (options.turn === undefined ? look() : options.turn(look));
    options.signal.throwIfAborted();
    return { report: reportOn(snapshot, { ...facts, gilHolderFunctions }), snapshot };
  } catch (error) {
    const report =
      error instanceof SleeperError ? reportOnUntouchable(pid, error, options.sleeperVersion) : null;
    if (report === null) throw error;
    return { report, snapshot: null };
  }
}

/**
 * Says why a process does not go on, or that it does.
 * @throws SleeperError; the reason of the signal when it is aborted
 */
export async function why(pid: number, options: WhyOptions): Promise<WhyReport> {
  return (await lookWhy(pid, options)).report;
}
