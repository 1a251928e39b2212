import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { titleOf } from '../commandLine.js';
import { parseStat, type Stat } from '../stat.js';
import { errorCode, tryListNumbers, tryReadProc } from '../procFile.js';
import type { FdTable } from './openFd.js';
import type { PipeHolder } from './pipe.js';

/** For how long the other processes are looked through. The process that is inspected does not wait for it. */
export interface ScanLimits {
  /** So long the processes may be put in order. */
  orderMs: number;
  /** From then on only as long as something is missing. */
  enoughMs: number;
  /** Then it ends. */
  ms: number;
}

export const defaultScanLimits: ScanLimits = { orderMs: 20, enoughMs: 40, ms: 250 };

/** By the text of the link: "pipe:[1234]", "socket:[1234]", "/run/fifo". */
export type Holders = Map<string, PipeHolder[]>;

export interface HoldersScan {
  holders: Holders;
  /** Why it is not complete: a limit was hit, or other users' processes could not be read. */
  incomplete: { scanned: number; total: number; denied: number } | null;
}

export interface WantedFiles {
  links: ReadonlySet<string>;
  /** Processes that probably have some of them. */
  likely: readonly number[];
  /** Is something missing that must be somewhere? Of what may be shared it is never known who else has it. */
  isMissing: (holders: Holders) => boolean;
}

/**
 * Who else has these files open. The most likely processes come first; those that this user may not read count as
 * denied; those that end meanwhile do not matter.
 */
export function findHolders(
  { pid, procRoot, directory }: Pick<FdTable, 'pid' | 'procRoot' | 'directory'>,
  { links, likely, isMissing }: WantedFiles,
  limits: ScanLimits = defaultScanLimits,
): HoldersScan {
  const scan: HoldersScan = { holders: new Map(), incomplete: null };
  if (links.size === 0) return scan;
  const started = performance.now();
  const all = new Set((tryListNumbers(procRoot) ?? []).reverse());
  // Kernel threads have no files. They are not known before they are looked at.
  let total = all.size;
  let denied = 0;
  let scanned = 0;
  for (const other of candidates(pid, procRoot, likely, all, started + limits.orderMs)) {
    const elapsed = performance.now() - started;
    if (elapsed > limits.ms || (elapsed > limits.enoughMs && !isMissing(scan.holders))) break;
    if (other === null) {
      total--;
      continue;
    }
    scanned++;
    const files = other === pid ? directory : `${procRoot}/${String(other)}`;
    if (!scanProcess(other, files, links, scan.holders)) denied++;
  }
  if (scanned < total || denied > 0) scan.incomplete = { scanned, total, denied };
  return scan;
}

/** All that have files open. */
export interface AllHolders {
  readonly holders: Holders;
  /** False: there are processes that this user may not read. */
  readonly certain: boolean;
}

/**
 * The same, where it decides that one does not have them: every process is looked at.
 * @returns null when the time did not suffice for that
 */
export function findAllHolders(
  table: Pick<FdTable, 'pid' | 'procRoot' | 'directory'>,
  links: ReadonlySet<string>,
  ms: number,
): AllHolders | null {
  const wanted = { links, likely: [], isMissing: () => true };
  const { holders, incomplete } = findHolders(table, wanted, { orderMs: 20, enoughMs: ms, ms });
  if (incomplete !== null && incomplete.scanned < incomplete.total) return null;
  return { holders, certain: incomplete === null };
}

/**
 * The process itself, `likely`, its parent, children and siblings; then those of its process group, of its session, of
 * its user, and all others, within each kind the newest first. Null stands for one that can have no files.
 * @param deadline until when the others may be put in order
 */
function* candidates(
  pid: number,
  procRoot: string,
  likely: readonly number[],
  all: ReadonlySet<number>,
  deadline: number,
): Generator<number | null> {
  const family = new Set([pid, ...likely, ...familyOf(pid, procRoot)].filter((one) => all.has(one)));
  yield* family;
  const own = readStat(pid, procRoot);
  const user = ownerOf(pid, procRoot);
  const byKind: number[][] = [[], [], [], []];
  for (const other of all) {
    if (family.has(other)) continue;
    const stat = performance.now() > deadline ? undefined : readStat(other, procRoot);
    if (stat === null || stat?.kernelThread === true) {
      yield null;
      continue;
    }
    let kind = 3;
    if (stat !== undefined && own !== null) {
      if (stat.processGroup === own.processGroup) kind = 0;
      else if (stat.session === own.session) kind = 1;
      else if (ownerOf(other, procRoot) === user) kind = 2;
    }
    byKind[kind]?.push(other);
  }
  yield* byKind.flat();
}

function familyOf(pid: number, procRoot: string): number[] {
  const parent = readStat(pid, procRoot)?.parentPid ?? 0;
  const children = (tryListNumbers(`${procRoot}/${String(pid)}/task`) ?? []).flatMap((tid) =>
    childrenOf(procRoot, pid, tid),
  );
  return [parent, ...children, ...(parent > 1 ? childrenOf(procRoot, parent, parent) : [])];
}

function readStat(pid: number, procRoot: string): Stat | null {
  const line = tryReadProc(`${procRoot}/${String(pid)}/stat`);
  return line === null ? null : parseStat(line);
}

function ownerOf(pid: number, procRoot: string): number | null {
  try {
    return lstatSync(`${procRoot}/${String(pid)}`).uid;
  } catch {
    return null;
  }
}

/** /proc/PID/task/TID/children, where the kernel has it (CONFIG_PROC_CHILDREN). */
function childrenOf(procRoot: string, pid: number, tid: number): number[] {
  const text = tryReadProc(`${procRoot}/${String(pid)}/task/${String(tid)}/children`) ?? '';
  return text.split(' ').filter(Boolean).map(Number);
}

/** @returns false when it may not be read */
function scanProcess(
  pid: number,
  processDirectory: string,
  wanted: ReadonlySet<string>,
  holders: Holders,
): boolean {
  const directory = `${processDirectory}/fd`;
  let command: string | null = null;
  try {
    for (const name of readdirSync(directory)) {
      const link = `${directory}/${name}`;
      const target = readLink(link);
      if (target === null || !wanted.has(target)) continue;
      const access = accessOf(link);
      if (access === null) continue;
      command ??= titleOf(processDirectory);
      const list = holders.get(target) ?? [];
      list.push({ pid, fd: Number(name), command, access });
      holders.set(target, list);
    }
    return true;
  } catch (error) {
    return errorCode(error) !== 'EACCES';
  }
}

/** Null for what was closed meanwhile, or is too deep in the file system to have a name. */
function readLink(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch (error) {
    if (errorCode(error) === 'EACCES') throw error;
    return null;
  }
}

/** The permission bits of the link itself tell how the file was opened (proc_pid_fd(5)). Null: O_PATH, which is no end. */
function accessOf(link: string): PipeHolder['access'] | null {
  try {
    const { mode } = lstatSync(link);
    if ((mode & 0o600) === 0) return null;
    return (mode & 0o600) === 0o600 ? 'both' : (mode & 0o200) !== 0 ? 'write' : 'read';
  } catch {
    return null;
  }
}
