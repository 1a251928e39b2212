import type { KernelThread } from '../model/snapshot.js';
import type { Reader } from './elf.js';
import { defaultProcRoot, tryListNumbers, tryReadProc } from './procFile.js';
import { parseStat } from './stat.js';
import { decodeSystemCall, parseSystemCall } from './syscalls/decode.js';

export interface KernelThreadsOptions {
  procRoot?: string;
  /** The open memory of the process, to decode what arguments of system calls point to. */
  memory?: Reader | null;
  architecture?: string;
}

/**
 * What the kernel says of each thread of a process, ascending by tid; empty when the process has ended.
 * Threads that end meanwhile are left out. Take it before the process is stopped: a stop interrupts the system calls.
 */
export function readKernelThreads(pid: number, options: KernelThreadsOptions = {}): KernelThread[] {
  const procRoot = options.procRoot ?? defaultProcRoot;
  const tasks = `${procRoot}/${String(pid)}/task`;
  const read: { thread: KernelThread; lastRanMs: number | null }[] = [];
  for (const tid of tryListNumbers(tasks) ?? []) {
    const one = readThread(`${tasks}/${String(tid)}`, options);
    if (one !== null) read.push(one);
  }
  const now = read.some(({ lastRanMs }) => lastRanMs !== null) ? schedulerNowMs(procRoot) : null;
  for (const { thread, lastRanMs } of read) {
    if (now !== null && lastRanMs !== null) thread.lastRanMsAgo = Math.max(0, now - lastRanMs);
  }
  return read.map(({ thread }) => thread);
}

function readThread(
  task: string,
  options: KernelThreadsOptions,
): { thread: KernelThread; lastRanMs: number | null } | null {
  // The system call first: `stat` then tells a state that is not older.
  const call = parseSystemCall(tryReadProc(`${task}/syscall`) ?? '');
  const line = tryReadProc(`${task}/stat`);
  if (line === null) return null;
  const { pid, name, state, userMs, systemMs } = parseStat(line);
  const blocked = state === 'S' || state === 'D';
  const waitChannel = blocked ? parseWaitChannel(tryReadProc(`${task}/wchan`)) : null;
  return {
    thread: {
      tid: pid,
      name,
      state,
      cpuUserMs: userMs,
      cpuSystemMs: systemMs,
      systemCall:
        call === null
          ? null
          : decodeSystemCall(call, options.memory ?? null, waitChannel, options.architecture),
      waitChannel,
      lastRanMsAgo: null,
    },
    lastRanMs: blocked ? parseLastRan(tryReadProc(`${task}/sched`)) : null,
  };
}

/** The function in the kernel that the thread waits in (proc_pid_wchan(5)); "0" when it does not, or is not told. */
export function parseWaitChannel(text: string | null): string | null {
  const name = text?.trim() ?? '';
  return name === '' || name === '0' ? null : name;
}

/**
 * `se.exec_start` of /proc/PID/task/TID/sched: when the scheduler last accounted run time to the thread, for a blocked
 * one when it stopped running; milliseconds of the scheduler's own clock, which drifts from the others.
 * Only in kernels with CONFIG_SCHED_DEBUG (most distributions).
 */
export function parseLastRan(text: string | null): number | null {
  const match = text === null ? null : /^se\.exec_start +: +([0-9.]+)$/m.exec(text);
  const ms = Number(match?.[1] ?? NaN);
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

/** Now by the scheduler's clock: this process runs now, so its own `se.exec_start` is at most one tick (1-10 ms) old. */
function schedulerNowMs(procRoot: string): number | null {
  return parseLastRan(tryReadProc(`${procRoot}/self/sched`));
}
