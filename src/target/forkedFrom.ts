import { defaultProcRoot, tryListNumbers, tryReadProc } from './procFile.js';
import { parseStat } from './stat.js';

/**
 * The parent, if a process is a copy of it that fork() made: an execve() of either would have given it other
 * addresses. The kernel's own page, the vdso, lies at a random one. Null where the parent has ended or may not be read.
 */
export function forkedFrom(pid: number, procRoot = defaultProcRoot): number | null {
  const line = tryReadProc(`${procRoot}/${pid}/stat`);
  if (line === null) return null;
  const { parentPid } = parseStat(line);
  const own = vdso(pid, procRoot);
  return own !== null && own === vdso(parentPid, procRoot) ? parentPid : null;
}

function vdso(pid: number, procRoot: string): string | null {
  return /^(\S+) .*\[vdso\]$/m.exec(tryReadProc(`${procRoot}/${pid}/maps`) ?? '')?.[1] ?? null;
}

/** The threads of a process, with the kernel's names of them; none if it has ended. */
export function readThreadNames(pid: number, procRoot = defaultProcRoot): { tid: number; name: string }[] {
  const tasks = `${procRoot}/${pid}/task`;
  return (tryListNumbers(tasks) ?? []).map((tid) => ({
    tid,
    name: (tryReadProc(`${tasks}/${tid}/comm`) ?? '').trimEnd(),
  }));
}
