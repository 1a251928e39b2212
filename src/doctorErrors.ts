import { SleeperError } from './errors.js';

/** What only `sleeper doctor` tells of a process. */
export const doctorErrors = {
  pythonUnsupported: (pid: number, version: string) =>
    new SleeperError(
      'python-unsupported',
      'notPython',
      `Process ${pid} runs CPython ${version}, which this sleeper does not know.`,
      'It reads 2.7 and 3.6 to 3.15, not free-threaded.',
    ),
} as const;
