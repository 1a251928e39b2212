import type { KernelThread } from '../model/snapshot.js';
import type { Reader } from './elf.js';
import { parseLastRan } from './processorClock.js';
import { defaultProcRoot, tryListNumbers, tryReadProc } from './procFile.js';
import { lastRanMsAgo, readSchedulerClocks } from './schedulerClock.js';
import { parseStat } from './stat.js';
import { decodeSystemCall, parseSystemCall } from './syscalls/decode.js';
import { stillWaits } from './syscalls/futex.js';
import { mutexOwnerAt } from './syscalls/mutex.js';
import { ArgumentReader } from './syscalls/reader.js';
import { parseThreadWait, type ThreadWait } from './threadWait.js';

export interface KernelThreadsOptions {
  procRoot?: string;
  /** The open memory of the process, to decode what arguments of system calls point to. */
  memory?: Reader | null;
  architecture?: string;
}

/** A thread as the kernel tells of it. */
export interface ObservedThread {
  readonly thread: KernelThread;
  /** Null: it does not wait. */
  readonly wait: ThreadWait | null;
}

/** As `observeThreads`, without their waits. */
export function readKernelThreads(pid: number, options: KernelThreadsOptions = {}): KernelThread[] {
  return observeThreads(pid, options).map(({ thread }) => thread);
}

/**
 * What the kernel says of each thread of a process, ascending by tid; empty when the process has ended.
 * Threads that end meanwhile are left out. Take it before the process is stopped: a stop interrupts the system calls.
 */
export function observeThreads(pid: number, options: KernelThreadsOptions = {}): ObservedThread[] {
  const procRoot = options.procRoot ?? defaultProcRoot;
  const tasks = `${procRoot}/${String(pid)}/task`;
  const read: ReadThread[] = [];
  for (const tid of tryListNumbers(tasks) ?? []) {
    const one = readThread(`${tasks}/${String(tid)}`, options);
    if (one !== null) read.push(one);
  }
  const clocks = read.some(({ lastRanMs }) => lastRanMs !== null) ? readSchedulerClocks(procRoot) : null;
  for (const { thread, lastRanMs, processor } of read) {
    if (clocks !== null && lastRanMs !== null) {
      thread.lastRanMsAgo = lastRanMsAgo(clocks, lastRanMs, processor);
    }
  }
  return read;
}

/**
 * Which of the threads that waited in a system call do so no longer: asked while the process is stopped, when a thread
 * is where it was interrupted. What is read of a thread before the stop and what is read in it then go together. One
 * whose semaphore has been posted, or whose mutex has another owner by now, is about to run, or was since.
 * @param callAtStop what /proc/PID/task/TID/syscall says in the stop
 */
export function threadsThatMovedOn(
  threads: readonly KernelThread[],
  callAtStop: (tid: number) => string,
  memory: Reader,
): ReadonlySet<number> {
  const reader = new ArgumentReader(memory);
  const moved = threads.filter(({ tid, systemCall }) => {
    if (systemCall === null) return false;
    const now = parseSystemCall(callAtStop(tid));
    if (now?.number !== systemCall.number) return true;
    if (systemCall.name !== 'futex') return false;
    const [word] = now.arguments;
    const { mutexOwner } = systemCall;
    return (
      `0x${word.toString(16)}` !== systemCall.futex ||
      !stillWaits(now.arguments, reader) ||
      (mutexOwner !== undefined && mutexOwnerAt(word, reader) !== mutexOwner)
    );
  });
  return new Set(moved.map(({ tid }) => tid));
}

interface ReadThread extends ObservedThread {
  lastRanMs: number | null;
  processor: number;
}

function readThread(task: string, options: KernelThreadsOptions): ReadThread | null {
  // The system call first: `stat` then tells a state that is not older.
  const callLine = tryReadProc(`${task}/syscall`);
  const call = parseSystemCall(callLine ?? '');
  const line = tryReadProc(`${task}/stat`);
  if (line === null) return null;
  const { pid, name, state, userMs, systemMs, processor } = parseStat(line);
  const blocked = state === 'S' || state === 'D';
  const sched = blocked ? tryReadProc(`${task}/sched`) : null;
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
    wait: parseThreadWait(callLine, sched),
    processor,
    lastRanMs: parseLastRan(sched),
  };
}

/** The function in the kernel that the thread waits in (proc_pid_wchan(5)); "0" when it does not, or is not told. */
export function parseWaitChannel(text: string | null): string | null {
  const name = text?.trim() ?? '';
  return name === '' || name === '0' ? null : name;
}
