import { tryListNumbers, tryReadProc } from '../target/procFile.js';
import { parseStatus } from '../target/status.js';

/**
 * For a process in a pid namespace of its own (a container): the thread ids as it knows them itself, and those by
 * which this namespace knows the same threads. Null where both are the same.
 */
export function namespaceTids(pid: number, procRoot = '/proc'): Map<number, number> | null {
  const idsOf = (path: string): number[] => parseStatus(tryReadProc(`${path}/status`) ?? '').namespacePids;
  if (idsOf(`${procRoot}/${pid}`).length < 2) return null;
  const tasks = `${procRoot}/${pid}/task`;
  return new Map(
    (tryListNumbers(tasks) ?? []).flatMap((tid) => {
      const inner = idsOf(`${tasks}/${tid}`).at(-1);
      return inner === undefined ? [] : [[inner, tid]];
    }),
  );
}
