import { SleeperError } from './errors.js';

/** What only `sleeper doctor` tells of a process. */
export const doctorErrors = {
  agentArchitecture: (whose: string, architecture: string, built: string) =>
    new SleeperError(
      'agent-architecture',
      'agent',
      `The agent is built for ${built}, and ${whose} ${architecture}.`,
      'Build it on the machine that it is for, with `npm run build:agent`; there is none for processes of 32 bits.',
    ),
  pythonUnsupported: (pid: number, version: string) =>
    new SleeperError(
      'python-unsupported',
      'notPython',
      `Process ${pid} runs CPython ${version}, which this sleeper does not know.`,
      'It reads 2.7 and 3.6 to 3.15, not free-threaded.',
    ),
} as const;
