import { defaultProcRoot, tryListNumbers, tryReadProc } from './procFile.js';

/** How many descriptors a process may have open (RLIMIT_NOFILE, getrlimit(2)): the first number that it may not use. */
export interface DescriptorLimit {
  readonly soft: number;
  readonly hard: number;
  /** The numbers below `soft` that are free. */
  readonly free: number;
}

/** Null where it cannot be read. */
export function readDescriptorLimit(pid: number, procRoot = defaultProcRoot): DescriptorLimit | null {
  const limits = tryReadProc(`${procRoot}/${pid}/limits`) ?? '';
  const [, soft, hard] = /^Max open files +(\S+) +(\S+)/m.exec(limits) ?? [];
  const open = tryListNumbers(`${procRoot}/${pid}/fd`);
  if (soft === undefined || hard === undefined || open === null) return null;
  const number = (text: string): number => (text === 'unlimited' ? Infinity : Number(text));
  const below = open.filter((fd) => fd < number(soft)).length;
  return { soft: number(soft), hard: number(hard), free: number(soft) - below };
}
