import type { ThreadPlace } from './threadStates.js';

/**
 * The thread that SIGSTOP is sent to, and that is borrowed: the first that waits of `preferred`, the main thread, any
 * other one. One that waits has nothing half done.
 *
 * The signal is for the whole process: the kernel wakes that thread, but another one that is just on its way back from a
 * stop may take it. Then nobody stops the first one, and if its system call has ended with EINTR the program sees that. So
 * no thread is taken that waits in such a call if there is another one, even one that runs.
 */
export function firstToStop(pid: number, places: ReadonlyMap<number, ThreadPlace>, preferred = pid): number {
  const tids = [preferred, pid, ...places.keys()];
  const isUnharmed = (tid: number): boolean => {
    const place = places.get(tid);
    return place?.kind === 'waiting' && !place.mayEndAtStop;
  };
  return tids.find(isUnharmed) ?? tids.find((tid) => places.get(tid)?.kind === 'running') ?? preferred;
}
