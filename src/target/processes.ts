import type { ProcessListEntry } from '../model/processList.js';
import { agentImages } from './agentLibrary.js';
import { bootTimeMs, startedAt } from './clock.js';
import { parseCommandLine } from './commandLine.js';
import { userName } from './passwd.js';
import { defaultProcRoot, tryListNumbers, tryReadLink, tryReadProc } from './procFile.js';
import { pythonProcess } from './pythonProcess.js';
import { parseStat } from './stat.js';
import { containerPid, parseStatus } from './status.js';

export interface ListOptions {
  procRoot?: string;
}

/**
 * The Python processes of this machine (of this pid namespace), ascending by pid; also programs that have Python inside
 * and other implementations. Those that end meanwhile are left out.
 */
export function listPythonProcesses(options: ListOptions = {}): ProcessListEntry[] {
  const procRoot = options.procRoot ?? defaultProcRoot;
  const bootMs = bootTimeMs(procRoot);
  const notPython = new Set<string>();
  const list: ProcessListEntry[] = [];
  for (const pid of tryListNumbers(procRoot) ?? []) {
    const one = readEntry(pid, procRoot, bootMs, notPython);
    if (one !== null) list.push(one);
  }
  return list;
}

/** @param notPython executables that were looked into and are no interpreters */
function readEntry(
  pid: number,
  procRoot: string,
  bootMs: number,
  notPython: Set<string>,
): ProcessListEntry | null {
  const directory = `${procRoot}/${String(pid)}`;
  const line = tryReadProc(`${directory}/stat`);
  if (line === null) return null;
  const stat = parseStat(line);
  if (stat.kernelThread || stat.state === 'Z' || stat.state === 'X') return null;

  const maps = tryReadProc(`${directory}/maps`);
  let python = pythonProcess(pid, { procRoot, maps: maps ?? '' });
  const executable = tryReadLink(`${directory}/exe`);
  if (maps !== null && executable !== null && !notPython.has(executable)) {
    python = pythonProcess(pid, { procRoot, maps, thorough: true }) ?? python;
    if (python === null) notPython.add(executable);
  }
  if (python === null) return null;
  const status = tryReadProc(`${directory}/status`);
  if (status === null) return null;
  const parsed = parseStatus(status);
  const { uids, residentBytes } = parsed;
  const inside = containerPid(parsed);
  return {
    pid,
    ...(inside === null ? {} : { containerPid: inside }),
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
