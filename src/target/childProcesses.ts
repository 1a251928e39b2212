import type { ProcessFact } from '../model/kernelFacts.js';
import { defaultProcRoot, tryListNumbers, tryReadLink, tryReadProc } from './procFile.js';
import { parseStat } from './stat.js';
import { decodeSystemCall, parseSystemCall } from './syscalls/decode.js';

/** A process that another one waits for; null when it has ended. */
export function readProcessFact(pid: number, procRoot = defaultProcRoot): ProcessFact | null {
  const directory = `${procRoot}/${pid}`;
  const line = tryReadProc(`${directory}/stat`);
  if (line === null) return null;
  const { name, state } = parseStat(line);
  const raw = parseSystemCall(tryReadProc(`${directory}/syscall`) ?? '');
  const call = raw === null ? null : decodeSystemCall(raw, null);
  const writing = call !== null && /^(write|writev|sendto|sendmsg)$/.test(call.name) ? call.fds : [];
  return {
    pid,
    command: name,
    state,
    writingTo: writing.flatMap((fd) => tryReadLink(`${directory}/fd/${fd}`) ?? []),
  };
}

/** The child processes of a process, those that have ended and were not yet waited for among them; ascending. */
export function readChildren(pid: number, procRoot = defaultProcRoot): ProcessFact[] {
  const children = (tryListNumbers(procRoot) ?? []).filter((other) => {
    const line = tryReadProc(`${procRoot}/${other}/stat`);
    return line !== null && parseStat(line).parentPid === pid;
  });
  return children.flatMap((child) => readProcessFact(child, procRoot) ?? []);
}
