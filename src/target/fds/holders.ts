import { lstatSync, readdirSync } from 'node:fs';
import { parseStat } from '../stat.js';
import { errorCode, tryListNumbers, tryReadLink, tryReadProc } from '../procFile.js';
import type { PipeHolder } from './pipe.js';

/** How much of the other processes is looked through. */
export interface ScanLimits {
  ms: number;
  processes: number;
}

export const defaultScanLimits: ScanLimits = { ms: 40, processes: 2000 };

export interface HoldersScan {
  /** By the text of the link: "pipe:[1234]", "socket:[1234]", "/run/fifo". */
  holders: Map<string, PipeHolder[]>;
  /** Why it is not complete: a limit was hit, or other users' processes could not be read. */
  incomplete: { scanned: number; total: number; denied: number } | null;
}

/**
 * Who else has these files open. Processes that are likely to (parent, children, siblings of `pid`, `likely`) come
 * first; those that this user may not read count as denied; those that end meanwhile do not matter.
 */
export function findHolders(
  pid: number,
  procRoot: string,
  wanted: ReadonlySet<string>,
  likely: readonly number[] = [],
  limits: ScanLimits = defaultScanLimits,
): HoldersScan {
  const scan: HoldersScan = { holders: new Map(), incomplete: null };
  if (wanted.size === 0) return scan;
  const deadline = performance.now() + limits.ms;
  const pids = candidates(pid, procRoot, likely);
  let denied = 0;
  let scanned = 0;
  for (const other of pids) {
    if (scanned >= limits.processes || performance.now() > deadline) break;
    scanned++;
    if (!scanProcess(other, procRoot, wanted, scan.holders)) denied++;
  }
  if (scanned < pids.length || denied > 0) scan.incomplete = { scanned, total: pids.length, denied };
  return scan;
}

/** The process itself, `likely`, its parent and what is in its family, then all others, the newest first. */
function candidates(pid: number, procRoot: string, likely: readonly number[]): number[] {
  const all = (tryListNumbers(procRoot) ?? []).reverse();
  const parent = parentOf(pid, procRoot);
  const children = (tryListNumbers(`${procRoot}/${String(pid)}/task`) ?? []).flatMap((tid) =>
    childrenOf(procRoot, pid, tid),
  );
  const siblings = parent > 1 ? childrenOf(procRoot, parent, parent) : [];
  const existing = new Set(all);
  const ordered = [pid, ...likely, parent, ...children, ...siblings, ...all];
  return [...new Set(ordered)].filter((candidate) => existing.has(candidate));
}

function parentOf(pid: number, procRoot: string): number {
  const line = tryReadProc(`${procRoot}/${String(pid)}/stat`);
  return line === null ? 0 : parseStat(line).parentPid;
}

/** /proc/PID/task/TID/children, where the kernel has it (CONFIG_PROC_CHILDREN). */
function childrenOf(procRoot: string, pid: number, tid: number): number[] {
  const text = tryReadProc(`${procRoot}/${String(pid)}/task/${String(tid)}/children`) ?? '';
  return text.split(' ').filter(Boolean).map(Number);
}

/** @returns false when it may not be read */
function scanProcess(
  pid: number,
  procRoot: string,
  wanted: ReadonlySet<string>,
  holders: Map<string, PipeHolder[]>,
): boolean {
  const directory = `${procRoot}/${String(pid)}/fd`;
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    return errorCode(error) !== 'EACCES';
  }
  let command: string | null = null;
  for (const name of names) {
    const link = `${directory}/${name}`;
    const target = tryReadLink(link);
    if (target === null || !wanted.has(target)) continue;
    const access = accessOf(link);
    if (access === null) continue;
    command ??= (tryReadProc(`${procRoot}/${String(pid)}/comm`) ?? '').trimEnd();
    const list = holders.get(target) ?? [];
    list.push({ pid, fd: Number(name), command, access });
    holders.set(target, list);
  }
  return true;
}

/** The permission bits of the link itself tell how the file was opened (proc_pid_fd(5)). */
function accessOf(link: string): PipeHolder['access'] | null {
  try {
    const { mode } = lstatSync(link);
    return (mode & 0o600) === 0o600 ? 'both' : (mode & 0o200) !== 0 ? 'write' : 'read';
  } catch {
    return null;
  }
}
