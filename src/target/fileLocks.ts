import { defaultProcRoot, tryReadProc } from './procFile.js';

/**
 * The processes that have the locks on files that a process waits for. Lines of /proc/locks (proc_locks(5)):
 * `1: FLOCK ADVISORY WRITE 4711 08:01:1234 0 EOF`, and below it, for each that waits for it,
 * `1: -> FLOCK ADVISORY WRITE 4712 08:01:1234 0 EOF`.
 */
export function fileLockHolders(pid: number, procRoot = defaultProcRoot): number[] {
  const holders: number[] = [];
  let holder = 0;
  for (const line of (tryReadProc(`${procRoot}/locks`) ?? '').split('\n')) {
    const [, arrow, owner] = /^\d+: (-> )?\S+ +\S+ +\S+ +(-?\d+) /.exec(line) ?? [];
    if (owner === undefined) continue;
    if (arrow === undefined) holder = Number(owner);
    // An owner of -1 has the lock through an open file description, not as a process.
    else if (Number(owner) === pid && holder > 0) holders.push(holder);
  }
  return [...new Set(holders)];
}
