import { SleeperError } from './errors.js';
import { supportedPythons } from './target/supportedPythons.js';

/** What speaks against a process for good, by what is to be seen from outside. */
export const doctorErrors = {
  pythonUnsupported: (pid: number, version: string) =>
    new SleeperError(
      'python-unsupported',
      'notPython',
      `Process ${pid} runs CPython ${version}, which this sleeper does not know.`,
      `It reads 2.7 and 3.6 to ${supportedPythons.at(-1) ?? ''}, not free-threaded; \`sleeper fds\` and \`sleeper ps\` work all the same.`,
    ),
} as const;
