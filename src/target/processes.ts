import type { ProcessListEntry } from '../model/processList.js';
import { agentImages } from './agentLibrary.js';
import { bootTimeMs, startedAt } from './clock.js';
import { parseCommandLine } from './commandLine.js';
import { userName } from './passwd.js';
import { defaultProcRoot, tryListNumbers, tryReadProc } from './procFile.js';
import { pythonProcess } from './pythonProcess.js';
import { parseStat } from './stat.js';
import { parseStatus } from './status.js';

export interface ListOptions {
  procRoot?: string;
  /** Read the patch level of each version from memory: a little slower. */
  thorough?: boolean;
}

/**
 * The Python processes of this machine (of this pid namespace), ascending by pid; also programs that have Python inside
 * and other implementations. Those that end meanwhile are left out.
 */
export function listPythonProcesses(options: ListOptions = {}): ProcessListEntry[] {
  const procRoot = options.procRoot ?? defaultProcRoot;
  const bootMs = bootTimeMs(procRoot);
  const list: ProcessListEntry[] = [];
  for (const pid of tryListNumbers(procRoot) ?? []) {
    const one = readEntry(pid, procRoot, bootMs, options.thorough ?? true);
    if (one !== null) list.push(one);
  }
  return list;
}

function readEntry(
  pid: number,
  procRoot: string,
  bootMs: number,
  thorough: boolean,
): ProcessListEntry | null {
  const directory = `${procRoot}/${String(pid)}`;
  const line = tryReadProc(`${directory}/stat`);
  if (line === null) return null;
  const stat = parseStat(line);
  if (stat.kernelThread || stat.state === 'Z' || stat.state === 'X') return null;

  const maps = tryReadProc(`${directory}/maps`);
  const quick = pythonProcess(pid, { procRoot, maps: maps ?? '' });
  if (quick === null) return null;
  const python =
    thorough && maps !== null ? (pythonProcess(pid, { procRoot, maps, thorough }) ?? quick) : quick;
  const status = tryReadProc(`${directory}/status`);
  if (status === null) return null;
  const { uids, residentBytes } = parseStatus(status);
  return {
    pid,
    parentPid: stat.parentPid,
    user: userName(uids[1] ?? 0),
    implementation: python.implementation,
    version: python.version,
    cpuMs: stat.userMs + stat.systemMs,
    startedAt: startedAt(bootMs, stat.startedMs),
    residentBytes,
    threads: stat.threads,
    agent: maps === null ? null : agentImages(maps).length > 0,
    argv: parseCommandLine(tryReadProc(`${directory}/cmdline`) ?? ''),
    command: stat.name,
  };
}
