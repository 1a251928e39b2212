import { parseHex } from './hex.js';
import { defaultProcRoot, tryReadProc } from './procFile.js';

/** The fields of /proc/PID/status that are used here (proc_pid_status(5)). */
export interface Status {
  /** Real, effective, saved and file system user ids. */
  uids: number[];
  gids: number[];
  /** The process that traces it; 0: none, or one that is not in this pid namespace. */
  tracerPid: number;
  /** Bit masks of capabilities(7). */
  permitted: bigint;
  effective: bigint;
  bounding: bigint;
  /** seccomp(2): 0 none, 1 strict, 2 a filter; 0 as well where the kernel knows of none. */
  seccomp: number;
  /** How many filters; null: this kernel (before 5.9) does not tell. */
  seccompFilters: number | null;
  /** The mask of signals that the thread blocks: bit n - 1 is signal n. */
  blockedSignals: bigint;
  /** The pid in each nested pid namespace, the outermost first. */
  namespacePids: number[];
  threads: number;
  /** VmRSS; 0 of what has no memory: a zombie, a kernel thread. */
  residentBytes: number;
  /** How often it has gone to sleep: its voluntary context switches. */
  sleeps: number;
}

export function parseStatus(text: string): Status {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const numbers = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter(Boolean).map(Number);
  const mask = (name: string) => parseHex(fields.get(name)) ?? 0n;
  return {
    uids: numbers('Uid'),
    gids: numbers('Gid'),
    tracerPid: numbers('TracerPid')[0] ?? 0,
    permitted: mask('CapPrm'),
    effective: mask('CapEff'),
    bounding: mask('CapBnd'),
    seccomp: numbers('Seccomp')[0] ?? 0,
    seccompFilters: numbers('Seccomp_filters')[0] ?? null,
    blockedSignals: mask('SigBlk'),
    namespacePids: numbers('NSpid'),
    threads: numbers('Threads')[0] ?? 0,
    residentBytes: (numbers('VmRSS')[0] ?? 0) * 1024,
    sleeps: numbers('voluntary_ctxt_switches')[0] ?? 0,
  };
}

/** The id of a process in its own pid namespace, where that is nested in this one, as a container's is; null: it is not. */
export function containerPid({ namespacePids }: Status): number | null {
  return namespacePids.length > 1 ? (namespacePids.at(-1) ?? null) : null;
}

/** The id by which a process knows itself, in a pid namespace of its own. */
export function ownPid(pid: number, procRoot = defaultProcRoot): number {
  return parseStatus(tryReadProc(`${procRoot}/${pid}/status`) ?? '').namespacePids.at(-1) ?? pid;
}
