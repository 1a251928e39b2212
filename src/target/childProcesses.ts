import { lstatSync, readdirSync } from 'node:fs';
import type { ProcessFact } from '../model/kernelFacts.js';
import { readKernelThreads } from './kernelThreads.js';
import { defaultProcRoot, tryListNumbers, tryReadLink, tryReadProc } from './procFile.js';
import { parseStat } from './stat.js';
import { parseStatus } from './status.js';

/** A process that another one waits for; null when it has ended. */
export function readProcessFact(pid: number, procRoot = defaultProcRoot): ProcessFact | null {
  const directory = `${procRoot}/${pid}`;
  const line = tryReadProc(`${directory}/stat`);
  if (line === null) return null;
  const { name, state } = parseStat(line);
  const main = readKernelThreads(pid, { procRoot }).find(({ tid }) => tid === pid);
  const call = main?.systemCall ?? null;
  const writing = call !== null && /^(write|writev|sendto|sendmsg)$/.test(call.name) ? call.fds : [];
  return {
    pid,
    command: name,
    state: state === 't' ? withoutUs(directory, procRoot) : state,
    blockedMs: main?.lastRanMsAgo ?? null,
    writingTo: writing.flatMap((fd) => tryReadLink(`${directory}/fd/${fd}`) ?? []),
    readingEnds: readingEnds(`${directory}/fd`),
  };
}

/** The state of a process that a debugger has stopped; asleep if that is a gdb of ours, which asks several at once. */
function withoutUs(directory: string, procRoot: string): string {
  const { tracerPid } = parseStatus(tryReadProc(`${directory}/status`) ?? '');
  const tracer = tryReadProc(`${procRoot}/${tracerPid}/stat`);
  if (tracer !== null && parseStat(tracer).parentPid === process.pid) return 'S';
  const now = tryReadProc(`${directory}/stat`);
  return now === null ? 't' : parseStat(now).state;
}

/** The pipes that a process can read from; none where that may not be known. */
function readingEnds(directory: string): string[] {
  try {
    return readdirSync(directory).flatMap((name) => {
      const target = tryReadLink(`${directory}/${name}`) ?? '';
      return target.startsWith('pipe:') && isReadable(`${directory}/${name}`) ? [target] : [];
    });
  } catch {
    return [];
  }
}

/** The permission bits of the link itself tell how the file was opened (proc_pid_fd(5)). */
function isReadable(link: string): boolean {
  try {
    return (lstatSync(link).mode & 0o400) !== 0;
  } catch {
    return false;
  }
}

/** The ids of the child processes of a process, those that have ended and were not yet waited for among them; ascending. */
export function childrenOf(pid: number, procRoot = defaultProcRoot): number[] {
  return (tryListNumbers(procRoot) ?? []).filter((other) => {
    const line = tryReadProc(`${procRoot}/${other}/stat`);
    return line !== null && parseStat(line).parentPid === pid;
  });
}

/** The same, with what is to be known of each. */
export function readChildren(pid: number, procRoot = defaultProcRoot): ProcessFact[] {
  return childrenOf(pid, procRoot).flatMap((child) => readProcessFact(child, procRoot) ?? []);
}
