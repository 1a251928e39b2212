import type { KernelFacts } from '../model/kernelFacts.js';
import type { Snapshot, Thread } from '../model/snapshot.js';
import { tryReadProc } from '../target/procFile.js';
import { parseStatus } from '../target/status.js';
import { matchOf } from '../why/busy.js';
import { framesOf } from '../why/stack.js';
import { dump, type DumpOptions } from './dump.js';
import { readNativeStack } from './nativeStack.js';

/** The thread that runs, with the GIL. */
function runningHolder({ threads }: Snapshot): Thread | null {
  return threads.find(({ gil, kernel }) => gil === 'holds' && kernel?.systemCall === null) ?? null;
}

/** How often a thread goes to sleep in the kernel because sleeper looks at it twice, at the most; three times as a rule. */
const sleepsOfLooks = 12;

/** How often a thread has gone to sleep in the kernel. */
function sleepsOf(pid: number, tid: number): number {
  return parseStatus(tryReadProc(`/proc/${pid}/task/${tid}/status`) ?? '').sleeps;
}

/** What a thread has used of a processor, in milliseconds. */
function cpuOf({ kernel }: Thread): number {
  return kernel === null ? 0 : kernel.cpuUserMs + kernel.cpuSystemMs;
}

/** Where a thread is in Python, to be compared. */
function placeOf(thread: Thread): string {
  const [frame] = framesOf(thread);
  return frame === undefined
    ? ''
    : [framesOf(thread).length, frame.file, frame.function, frame.line].join('\n');
}

/**
 * Looks at the thread that runs with the GIL again: at the C functions that it is in, and at whether it then still is
 * where it was. The process stands still twice more. Null: no thread does, it is in no C function that is known, it
 * is elsewhere by now, or has slept in between: then it goes round, and happens to be there again.
 * @throws the signal's reason
 */
export async function watchHolder(snapshot: Snapshot, options: DumpOptions): Promise<KernelFacts['busy']> {
  const { pid } = snapshot.process;
  const holder = runningHolder(snapshot);
  const tid = holder?.tid ?? null;
  if (holder === null || tid === null) return null;
  const look = (): Promise<string[]> => readNativeStack(pid, tid, options);
  const slept = sleepsOf(pid, tid);
  try {
    const functions = await (options.turn === undefined ? look() : options.turn(look));
    if (functions.length === 0 && matchOf(holder, functions) === null) return null;
    const again = await dump(pid, { ...options, fds: false });
    const same = runningHolder(again);
    if (sleepsOf(pid, tid) - slept > sleepsOfLooks) return null;
    if (same?.tid !== tid || placeOf(same) !== placeOf(holder)) return null;
    return {
      ...{ tid, functions, afterMs: Date.parse(again.takenAt) - Date.parse(snapshot.takenAt) },
      cpuMs: cpuOf(same) - cpuOf(holder),
    };
  } catch {
    options.signal.throwIfAborted();
    return null;
  }
}
