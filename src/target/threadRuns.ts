import { defaultProcRoot, tryListNumbers, tryReadProc } from './procFile.js';
import { parseStat } from './stat.js';
import { parseThreadPlace } from './threadStates.js';

/** How far a thread has come, by what the kernel says of it while it is left alone. */
export interface ThreadRun {
  /** For how long it has run on a processor, in nanoseconds. Exact: it is the same only if the thread has not run. */
  readonly runNs: number;
  /** Where in its code and on its stack it waits in the kernel; null: it runs. */
  readonly place: string | null;
  /** The address of the lock that it sleeps on; null: it does something else. */
  readonly futex: string | null;
  /** R, S, D, T ... as /proc says. */
  readonly state: string;
}

/** The first number of /proc/PID/task/TID/schedstat (Documentation/scheduler/sched-stats.rst of the kernel). */
function parseRunNs(text: string | null): number | null {
  const ns = Number(/^\d+/.exec(text ?? '')?.[0] ?? NaN);
  return Number.isNaN(ns) ? null : ns;
}

function placeOf(text: string | null): Pick<ThreadRun, 'place' | 'futex'> {
  const at = parseThreadPlace(text ?? 'running');
  if (at.kind === 'running') return { place: null, futex: null };
  const futex = at.futex === null ? null : `0x${at.futex.toString(16)}`;
  return { place: `${at.programCounter} ${at.stackPointer}`, futex };
}

/**
 * All threads of a process by their ids; the process is not stopped. Null when it has ended.
 * A kernel without CONFIG_SCHED_INFO counts in ticks of 10 ms only.
 */
export function readThreadRuns(pid: number, procRoot = defaultProcRoot): Map<number, ThreadRun> | null {
  const tasks = `${procRoot}/${pid}/task`;
  const runs = new Map<number, ThreadRun>();
  for (const tid of tryListNumbers(tasks) ?? []) {
    const line = tryReadProc(`${tasks}/${tid}/stat`);
    if (line === null) continue;
    const { state, userMs, systemMs } = parseStat(line);
    if (state === 'Z' || state === 'X') continue;
    const runNs = parseRunNs(tryReadProc(`${tasks}/${tid}/schedstat`)) ?? (userMs + systemMs) * 1e6;
    runs.set(tid, { runNs, state, ...placeOf(tryReadProc(`${tasks}/${tid}/syscall`)) });
  }
  return runs.size === 0 ? null : runs;
}
