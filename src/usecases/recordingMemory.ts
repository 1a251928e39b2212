import { memoryErrors } from '../memoryErrors.js';
import { addressSpaceLeft } from '../target/addressSpace.js';
import { readMemoryLimit } from '../target/memoryLimit.js';
import { defaultProcRoot } from '../target/procFile.js';

const MiB = 1024 ** 2;
const page = 4096;
/** The smallest `--buffer`. */
const least = MiB;

/** The memory that a recording is to map in a process. */
export interface RecordingMemory {
  readonly bytes: number;
  /** What is to be said where that is less than was asked for. */
  readonly remark: string | null;
}

/**
 * Half of what the limits of a process leave it, at the most: its own, of address space, which all of a mapping counts for,
 * and that of its control group, which the pages count for that are used. These are few as a rule; but a program with many
 * functions uses all of them, and none of them is worth that the kernel ends the process.
 * @throws SleeperError recording-memory
 */
export function recordingMemory(pid: number, wanted: number, procRoot = defaultProcRoot): RecordingMemory {
  const [nearest = { left: Infinity, what: '' }] = [
    { left: addressSpaceLeft(pid, procRoot), what: 'limit of address space (ulimit -v, ulimit -d)' },
    {
      left: readMemoryLimit(pid, procRoot)?.left ?? Infinity,
      what: 'memory limit of its control group',
    },
  ].toSorted((a, b) => a.left - b.left);
  const { left, what } = nearest;
  const bytes = Math.min(wanted, Math.floor(left / 2 / page) * page);
  if (bytes < Math.min(wanted, least)) throw memoryErrors.recordingMemory(pid, left, what, least);
  const mebibytes = (number: number): string => (number / MiB).toFixed(1).replace('.0', '');
  return {
    bytes,
    remark:
      bytes === wanted
        ? null
        : `The recording had ${mebibytes(bytes)} of ${mebibytes(wanted)} MiB of memory in the process: half of what the ${what} left (--buffer).`,
  };
}
