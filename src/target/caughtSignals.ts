import { defaultProcRoot, tryReadProc } from './procFile.js';
import { signalsOf } from './signals.js';

/** The names of the signals that a process has handlers for; none if it has ended. */
export function caughtSignals(pid: number, procRoot = defaultProcRoot): string[] {
  const status = tryReadProc(`${procRoot}/${pid}/status`) ?? '';
  return signalsOf(BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`));
}
