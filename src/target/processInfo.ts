import { errors } from '../errors.js';
import type { ProcessInfo } from '../model/snapshot.js';
import { bootTimeMs, startedAt } from './clock.js';
import { parseCommandLine } from './commandLine.js';
import { userName } from './passwd.js';
import { defaultProcRoot, tryReadLink, tryReadProc } from './procFile.js';
import { parseStat } from './stat.js';
import { containerPid, parseStatus } from './status.js';

/**
 * What the kernel says of a process as a whole. What this user may not read is empty or null.
 * @throws SleeperError when there is no such process
 */
export function readProcessInfo(pid: number, options: { procRoot?: string } = {}): ProcessInfo {
  const procRoot = options.procRoot ?? defaultProcRoot;
  const directory = `${procRoot}/${String(pid)}`;
  const line = tryReadProc(`${directory}/stat`);
  const status = tryReadProc(`${directory}/status`);
  if (line === null || status === null) throw errors.noSuchProcess(pid);
  const stat = parseStat(line);
  const parsed = parseStatus(status);
  const { uids, residentBytes } = parsed;
  const inside = containerPid(parsed);
  return {
    pid,
    ...(inside === null ? {} : { containerPid: inside }),
    parentPid: stat.parentPid,
    user: userName(uids[1] ?? 0),
    command: stat.name,
    executable: tryReadLink(`${directory}/exe`) ?? '',
    argv: parseCommandLine(tryReadProc(`${directory}/cmdline`) ?? ''),
    workingDirectory: tryReadLink(`${directory}/cwd`),
    startedAt: startedAt(bootTimeMs(procRoot), stat.startedMs),
    residentBytes,
  };
}
