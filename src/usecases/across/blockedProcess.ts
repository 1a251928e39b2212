import type { KernelThread, SystemCall } from '../../model/snapshot.js';
import { caughtSignals } from '../../target/caughtSignals.js';
import { readKernelThreads } from '../../target/kernelThreads.js';
import { tryListNumbers, tryReadProc } from '../../target/procFile.js';
import { tryOpenProcessMemory } from '../../target/processMemory.js';
import { parseStat } from '../../target/stat.js';
import { wakesNobody } from '../../why/findings.js';
import { hasTimeout } from '../../why/systemCallWaits.js';

/** A thread that waits in a system call, without an end of its own. */
export interface BlockedThread {
  readonly tid: number;
  readonly call: SystemCall;
  /** The same as long as it waits: its line in /proc/PID/task/TID/syscall, and how often it has come to wait. */
  readonly mark: string;
}

/** A process that does nothing until another one, or one of its own threads, lets it go on. */
export interface BlockedProcess {
  readonly pid: number;
  readonly command: string;
  readonly threads: readonly BlockedThread[];
}

/**
 * Null: it does not wait.
 *
 * That it has a system call is not enough: the kernel tells one, too, of a thread that has been woken and has yet to come
 * to its processor (TASK_WAKING in kernel/sched/core.c), which takes milliseconds where that one is a virtual one that
 * has to wait itself. The state is R then.
 */
function markOf(pid: number, tid: number): string | null {
  const task = `/proc/${pid}/task/${tid}`;
  const call = tryReadProc(`${task}/syscall`) ?? 'running';
  const status = tryReadProc(`${task}/status`) ?? '';
  const switches = status.match(/^(non)?voluntary_ctxt_switches:.*$/gm);
  const waits = /^State:\s*S/m.test(status) && !call.startsWith('running');
  return waits && switches !== null ? [call.trimEnd(), ...switches].join('\n') : null;
}

function blockedThread({ tid, systemCall: call }: KernelThread, mark: string): BlockedThread | null {
  const isEndless = call !== null && !hasTimeout(call) && !call.arguments.includes('(restarted)');
  return isEndless ? { tid, call, mark } : null;
}

/** All threads of a process, if every one of them waits without an end and no signal can wake one; else null. */
export function blockedProcess(pid: number): BlockedProcess | null {
  if (!caughtSignals(pid).every(wakesNobody)) return null;
  const line = tryReadProc(`/proc/${pid}/stat`);
  if (line === null) return null;
  const marks = new Map((tryListNumbers(`/proc/${pid}/task`) ?? []).map((tid) => [tid, markOf(pid, tid)]));
  if (marks.size === 0 || [...marks.values()].includes(null)) return null;
  const memory = tryOpenProcessMemory(pid);
  try {
    const threads: BlockedThread[] = [];
    for (const thread of readKernelThreads(pid, { memory })) {
      const blocked = blockedThread(thread, marks.get(thread.tid) ?? '');
      if (blocked === null) return null;
      threads.push(blocked);
    }
    return threads.length === 0 ? null : { pid, command: parseStat(line).name, threads };
  } finally {
    memory?.close();
  }
}

/** Does it have the same threads, and has none of them done anything since? */
export function isStillBlocked({ pid, threads }: BlockedProcess): boolean {
  const tids = tryListNumbers(`/proc/${pid}/task`) ?? [];
  return tids.length === threads.length && threads.every(({ tid, mark }) => markOf(pid, tid) === mark);
}
