import { defaultProcRoot, tryReadProc } from './procFile.js';

/** The kernel's limits of what a process may map (getrlimit(2)), and what it has of each, as /proc/PID names them. */
const limits = [
  // RLIMIT_AS
  { limit: 'Max address space', has: 'VmSize' },
  // RLIMIT_DATA: also memory that is mapped privately and can be written to, since Linux 4.7.
  { limit: 'Max data size', has: 'VmData' },
] as const;

/** How many bytes a process may map more until it meets the nearest of its limits. Infinity: it has none. */
export function addressSpaceLeft(pid: number, procRoot = defaultProcRoot): number {
  const soft = tryReadProc(`${procRoot}/${pid}/limits`) ?? '';
  const status = tryReadProc(`${procRoot}/${pid}/status`) ?? '';
  const left = limits.map(({ limit, has }) => {
    const bytes = Number.parseInt(new RegExp(`^${limit} +(\\S+)`, 'm').exec(soft)?.[1] ?? '', 10);
    const kibibytes = Number.parseInt(new RegExp(`^${has}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? '', 10);
    // "unlimited", or what cannot be read.
    return Number.isNaN(bytes) || Number.isNaN(kibibytes) ? Infinity : bytes - kibibytes * 1024;
  });
  return Math.max(0, Math.min(...left));
}
