import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { seccompFiltersProgram } from '../../agent/libraryFile.js';
import { defaultProcRoot, tryListNumbers, tryReadProc } from '../procFile.js';
import { parseStatus } from '../status.js';
import type { Filter } from './filter.js';

/** prctl(2), PR_SET_SECCOMP: what a thread may still do. */
export const seccompMode = { none: 0, strict: 1, filter: 2 } as const;

/** The threads of a process that are restricted, and how. */
export interface Restricted {
  /** Some thread may only read, write and exit. */
  readonly strict: boolean;
  /** The threads that have filters. */
  readonly tids: readonly number[];
  /** The most filters that a thread has; null: this kernel (before 5.9) does not tell. */
  readonly filters: number | null;
}

export function restrictedThreads(pid: number, procRoot = defaultProcRoot): Restricted {
  const tasks = `${procRoot}/${pid}/task`;
  const threads = (tryListNumbers(tasks) ?? []).map((tid) => ({
    tid,
    ...parseStatus(tryReadProc(`${tasks}/${tid}/status`) ?? ''),
  }));
  const filtered = threads.filter(({ seccomp }) => seccomp === seccompMode.filter);
  const counts = filtered.map(({ seccompFilters }) => seccompFilters);
  return {
    strict: threads.some(({ seccomp }) => seccomp === seccompMode.strict),
    tids: filtered.map(({ tid }) => tid),
    filters: counts.includes(null) ? null : Math.max(0, ...counts.map(Number)),
  };
}

const mostOutput = 1 << 26;

/**
 * The filters of the threads, those of one thread in one list; null: the kernel does not tell us, for that takes the
 * capability SYS_ADMIN outside of any user namespace, and no filter of our own (kernel/seccomp.c, seccomp_get_filter).
 * Each thread is stopped for some microseconds. What is equal is told once.
 */
export async function filtersOf(tids: readonly number[]): Promise<Filter[][] | null> {
  try {
    const { stdout } = await promisify(execFile)(seccompFiltersProgram, tids.map(String), {
      maxBuffer: mostOutput,
    });
    return parseFilters(stdout);
  } catch {
    return null;
  }
}

/** What agent-c/seccomp prints: a filter a line, in hexadecimal digits, and an empty line after those of a thread. */
export function parseFilters(text: string): Filter[][] {
  return text
    .split('\n\n')
    .map((thread) => thread.split('\n').filter((line) => line !== ''))
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => Buffer.from(line, 'hex')));
}
