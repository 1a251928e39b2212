import { isAgentReady } from '../agent/atAgent.js';
import type { FileDescriptor } from '../model/fileDescriptor.js';
import type { Snapshot, SystemCall, Thread } from '../model/snapshot.js';
import type { AwaitedProcess, WhyReport } from '../model/why.js';
import { shortCommand } from '../target/commandLine.js';
import { fileLockHolders } from '../target/fileLocks.js';
import { readKernelThreads } from '../target/kernelThreads.js';
import { defaultProcRoot } from '../target/procFile.js';
import { tryOpenProcessMemory } from '../target/processMemory.js';
import { pythonProcess } from '../target/pythonProcess.js';
import { otherEnds } from '../why/peers.js';
import { framesOf } from '../why/stack.js';
import { systemCallWait } from '../why/systemCallWaits.js';
import { dump } from './dump.js';
import { readOpenFds } from './openFds.js';
import { readKernelFacts, reportOn, type Look, type WhyOptions } from './why.js';

/** So many of the processes that a process waits for are looked at. */
const mostProcesses = 3;
/** Who waits for more descriptors than this waits for none of them in particular. */
const mostDescriptors = 3;
/** All of it takes no longer. */
const patienceMs = 5000;
/** Of a command line so many characters are told. */
const longestCommand = 1000;
/** So many of the innermost frames are told. */
const mostFrames = 5;

/** A process that is waited for, the threads that do, and what of its descriptors that is by, if that is known. */
interface Awaited {
  readonly pid: number;
  readonly tids: number[];
  readonly fds: number[];
}

/** The descriptors that a call is for: those in an epoll, too. */
function descriptorsOf(call: SystemCall, fds: readonly FileDescriptor[]): FileDescriptor[] {
  const own = fds.filter(({ fd }) => call.fds.includes(fd));
  const within = own.flatMap((fd) => (fd.kind === 'epoll' ? fd.interest.map((each) => each.fd) : []));
  return [...own, ...fds.filter(({ fd }) => within.includes(fd))].filter(({ kind }) => kind !== 'epoll');
}

/** Who on this machine could end the wait of a thread, and by which descriptors of theirs. */
function awaitedBy({ kernel }: Thread, { fds, process }: Snapshot): { pid: number; fd: number | null }[] {
  const call = kernel?.systemCall ?? null;
  if (call === null) return [];
  if (call.name === 'flock' || call.name === 'fcntl')
    return fileLockHolders(process.pid).map((pid) => ({ pid, fd: null }));
  const child = call.name.startsWith('wait') ? /^pid=(\d+)$/.exec(call.arguments[0] ?? '')?.[1] : undefined;
  if (child !== undefined) return [{ pid: Number(child), fd: null }];
  const waited = descriptorsOf(call, fds ?? []);
  return waited.length > mostDescriptors
    ? []
    : waited.flatMap((fd): { pid: number; fd: number | null }[] =>
        fd.kind === 'pidfd' && fd.pid !== null ? [{ pid: fd.pid, fd: null }] : otherEnds(fd),
      );
}

/** The processes that threads of one wait for, but for itself. */
function awaitedIn(snapshot: Snapshot): Awaited[] {
  const found = new Map<number, Awaited>();
  for (const thread of snapshot.threads) {
    for (const { pid, fd } of awaitedBy(thread, snapshot)) {
      if (pid === snapshot.process.pid) continue;
      const one = found.get(pid) ?? { pid, tids: [], fds: [] };
      found.set(pid, one);
      if (thread.tid !== null && !one.tids.includes(thread.tid)) one.tids.push(thread.tid);
      if (fd !== null) one.fds.push(fd);
    }
  }
  return [...found.values()];
}

/** The thread that has to do with what is waited for: the one that waits at the other end of it, else the main thread. */
function threadAt(
  { pid, fds }: Awaited,
  threads: readonly Thread[],
  described: readonly FileDescriptor[],
): Thread | null {
  const blocked = described.flatMap((fd) =>
    fd.kind !== 'unreadable' && fds.includes(fd.fd) ? fd.blockedThreads : [],
  );
  return (
    threads.find(({ tid }) => tid !== null && blocked.includes(tid)) ??
    threads.find(({ tid }) => tid === pid) ??
    null
  );
}

/** What the process says itself, which has the agent. It is stopped for that. */
async function fromInside(
  awaited: Awaited,
  options: WhyOptions,
): Promise<{ told: Pick<AwaitedProcess, 'doing' | 'stack'>; report: WhyReport }> {
  const snapshot = await dump(awaited.pid, {
    ...options,
    ...{ locals: true, globals: false, fds: true, trace: null },
    // Nobody has named this process: nothing is loaded into it, and nobody has vouched for its filters.
    trustSeccomp: false,
    beforeInjection: (pid) => Promise.reject(new Error(`the agent is not in process ${pid}`)),
  });
  const report = reportOn(snapshot, readKernelFacts(snapshot));
  const thread = threadAt(awaited, snapshot.threads, snapshot.fds ?? []);
  const own = report.threads.find(({ tid }) => tid === thread?.tid);
  const text =
    own === undefined ? report.text : `thread "${own.name ?? ''}" (${own.tid ?? '?'}) ${own.doing}`;
  const stack = (thread === null ? [] : framesOf(thread)).slice(0, mostFrames);
  return {
    told: {
      doing: report.verdict === 'hung' ? report.text : text,
      stack: stack.map(({ qualifiedName, function: name, file, line }) => ({
        function: qualifiedName ?? name,
        ...{ file, line },
      })),
    },
    report,
  };
}

/** What /proc tells of a process, which is left alone; null: not even that. */
function fromOutside(awaited: Awaited): string | null {
  const { pid } = awaited;
  const memory = tryOpenProcessMemory(pid);
  try {
    const threads = readKernelThreads(pid, { memory }).map((kernel): Thread => ({
      tid: kernel.tid,
      kernel,
      python: null,
      gil: 'none',
    }));
    const { fds } = readOpenFds(pid);
    const thread = threadAt(awaited, threads, fds);
    const state = thread?.kernel?.state;
    if (thread === null || state === undefined) return null;
    const name = thread.tid === pid ? 'its main thread' : `its thread ${thread.tid ?? '?'}`;
    if (/^[Tt]$/.test(state)) return `${name} is stopped`;
    const wait = systemCallWait(thread, { fds }, readKernelFacts({ process: { pid }, threads, fds }));
    if (wait === null) return `${name} runs`;
    // What the lock is part of only a look inside tells: it may be one of Python's.
    return `${name} waits for ${(thread.kernel?.systemCall?.futex ?? null) === null ? wait.what : 'a lock'}`;
  } catch {
    return null;
  } finally {
    memory?.close();
  }
}

/** Where the processes are that a process waits for, and their reports where they could be asked. */
export interface AwaitedLook {
  readonly awaited: readonly AwaitedProcess[];
  readonly reports: readonly WhyReport[];
}

/**
 * Looks at the processes on this machine that one waits for, after it was looked into itself. Nobody has named them:
 * one that has the agent is stopped for a look as well; into others nothing is loaded, and of them is told what /proc
 * tells. What fails is left out.
 * @throws the reason of the signal
 */
export async function lookAtAwaited({ snapshot }: Look, options: WhyOptions): Promise<AwaitedLook> {
  const awaited: AwaitedProcess[] = [];
  const reports: WhyReport[] = [];
  const deadline = AbortSignal.timeout(patienceMs);
  for (const one of (snapshot === null ? [] : awaitedIn(snapshot)).slice(0, mostProcesses)) {
    const { pid, tids } = one;
    const signal = AbortSignal.any([options.signal, deadline]);
    const asked = async () => (isAgentReady(pid) ? await fromInside(one, { ...options, signal }) : null);
    const inside = await asked().catch(() => null);
    options.signal.throwIfAborted();
    const told = inside?.told ?? { doing: fromOutside(one), stack: [] };
    if (inside !== null) reports.push(inside.report);
    const python = pythonProcess(pid)?.implementation === 'CPython';
    const command = shortCommand(defaultProcRoot, pid, longestCommand);
    if (command !== '') awaited.push({ pid, command, tids, python, inside: inside !== null, ...told });
  }
  return { awaited, reports };
}
