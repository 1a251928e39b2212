import { closeSync, openSync, readSync } from 'node:fs';
import { mayEndAtStop } from './callsEndedByStop.js';
import { defaultProcRoot, tryListNumbers } from './procFile.js';

/** Where a thread was, just before a sample. */
export type ThreadPlace =
  /** It ran, or was ready to. */
  | { readonly kind: 'running' }
  /**
   * It waited in the kernel, or stood still; `futex`: on the lock at that address, else null; `mayEndAtStop`: in a system
   * call that a stop ends.
   */
  | {
      readonly kind: 'waiting';
      readonly futex: bigint | null;
      readonly mayEndAtStop: boolean;
      readonly stackPointer: number;
      readonly programCounter: number;
    };

/** Files that are kept open: opening one anew costs four times as much as reading it. */
const mostOpen = 512;
/** asm/unistd_64.h and asm-generic/unistd.h */
const futexCalls: Readonly<Record<string, string>> = { x64: '202', arm64: '98' };

/** "running", or "NUMBER ARG0 ... ARG5 SP PC", the number -1 outside of system calls (proc_pid_syscall(5)). */
export function parseThreadPlace(text: string, architecture: string = process.arch): ThreadPlace {
  if (text.startsWith('running')) return { kind: 'running' };
  const words = text.trimEnd().split(' ');
  const [number, first = ''] = words;
  const [stackPointer, programCounter] = words.length < 3 ? [0, 0] : words.slice(-2).map(Number);
  return {
    kind: 'waiting',
    futex: number === futexCalls[architecture] && words.length > 3 ? BigInt(first) : null,
    mayEndAtStop: mayEndAtStop(text),
    stackPointer: stackPointer ?? 0,
    programCounter: programCounter ?? 0,
  };
}

/** What the threads of a process are doing, cheap enough to be asked many times a second. */
export class ThreadStates {
  private readonly files = new Map<number, number>();
  private readonly buffer = Buffer.alloc(256);
  private readonly tasks: string;

  constructor(
    readonly pid: number,
    procRoot = defaultProcRoot,
  ) {
    this.tasks = `${procRoot}/${pid}/task`;
  }

  /** The kernel's ids of all threads; null when the process has ended. The files of those that have ended are closed. */
  tids(): number[] | null {
    const tids = tryListNumbers(this.tasks);
    // A thread that has ended is found by its absence: where as many are kept as there are, none has.
    if (tids !== null && this.files.size > tids.length) {
      const alive = new Set(tids);
      for (const [tid, file] of this.files) {
        if (alive.has(tid)) continue;
        this.files.delete(tid);
        closeSync(file);
      }
    }
    return tids;
  }

  /** Null when the thread has ended. */
  read(tid: number): ThreadPlace | null {
    const line = this.line(tid);
    return line === null ? null : parseThreadPlace(line);
  }

  /** What /proc/PID/task/TID/syscall says; null when the thread has ended. */
  line(tid: number): string | null {
    const kept = this.files.get(tid);
    try {
      const file = kept ?? openSync(`${this.tasks}/${tid}/syscall`, 'r');
      if (kept === undefined && this.files.size < mostOpen) this.files.set(tid, file);
      try {
        const length = readSync(file, this.buffer, 0, this.buffer.length, 0);
        return length === 0 ? null : this.buffer.toString('latin1', 0, length);
      } finally {
        if (!this.files.has(tid)) closeSync(file);
      }
    } catch {
      if (kept !== undefined) {
        this.files.delete(tid);
        closeSync(kept);
      }
      return null;
    }
  }

  close(): void {
    for (const file of this.files.values()) closeSync(file);
    this.files.clear();
  }
}
