import { defaultProcRoot, tryListNumbers, tryReadProc } from './procFile.js';
import { pythonProcess } from './pythonProcess.js';
import { containerPid, parseStatus } from './status.js';

/** The Python processes that have this id in a container of their own, by the ids that they have here. */
export function knownInsideAs(pid: number, procRoot = defaultProcRoot): number[] {
  return (tryListNumbers(procRoot) ?? []).filter(
    (each) =>
      containerPid(parseStatus(tryReadProc(`${procRoot}/${each}/status`) ?? '')) === pid &&
      pythonProcess(each, { procRoot }) !== null,
  );
}
