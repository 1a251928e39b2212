import type { KernelThread } from '../model/snapshot.js';
import { defaultProcRoot, tryReadProc } from './procFile.js';
import { parseStatus } from './status.js';

/** Which thread a debugger should borrow for a call. */
export interface ThreadChoice {
  /** Null: the process has no live thread. */
  tid: number | null;
  /** It sleeps in a system call: nothing of its own is half done. Otherwise it may be anywhere. */
  parked: boolean;
  /**
   * Threads in uninterruptible sleep (D): they do not stop, and a debugger that attaches waits for them without end.
   * (A parent in vfork(2) is one as long as its child has not called execve.)
   */
  uninterruptible: number[];
}

/** A call that ends the thread or replaces the program must not be borrowed. */
const ends = new Set(['exit', 'exit_group', 'execve', 'execveat', 'rt_sigreturn']);

/** SIGURG, by which the agent announces the end of the call: a thread that blocks it would never announce it. */
const urgent = 1n << 22n;

/**
 * Prefers, in this order: a thread that sleeps in a system call, the main thread, any other live thread.
 * Among those that sleep the main thread comes first, then the one that has slept longest; the first of them that does
 * not block SIGURG is taken, or, when all do, the very first.
 */
export function chooseThread(
  pid: number,
  threads: readonly KernelThread[],
  options: { procRoot?: string } = {},
): ThreadChoice {
  const tasks = `${options.procRoot ?? defaultProcRoot}/${String(pid)}/task`;
  const live = threads.filter(({ state }) => !'ZXx'.includes(state));
  const usable = live.filter(({ state }) => state !== 'D');
  const parked = usable
    .filter(({ state, systemCall }) => state === 'S' && systemCall !== null && !ends.has(systemCall.name))
    .sort((a, b) => rank(pid, b) - rank(pid, a));
  const chosen =
    parked.find(({ tid }) => !blocksUrgent(tasks, tid)) ??
    parked[0] ??
    usable.find(({ tid }) => tid === pid) ??
    usable[0];
  return {
    tid: chosen?.tid ?? null,
    parked: parked.length > 0,
    uninterruptible: live.filter(({ state }) => state === 'D').map(({ tid }) => tid),
  };
}

/** Also when it has ended meanwhile. */
function blocksUrgent(tasks: string, tid: number): boolean {
  const status = tryReadProc(`${tasks}/${String(tid)}/status`);
  return status === null || (parseStatus(status).blockedSignals & urgent) !== 0n;
}

function rank(pid: number, thread: KernelThread): number {
  return thread.tid === pid ? Infinity : (thread.lastRanMsAgo ?? 0);
}
