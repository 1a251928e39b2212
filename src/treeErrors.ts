import { SleeperError } from './errors.js';

/** The failures of looking into several processes at once. docs/troubleshooting.md has a heading for each. */
export const treeErrors = {
  tooManyProcesses: (pid: number, most: number) =>
    new SleeperError(
      'too-many-processes',
      'failure',
      `Process ${pid} was left out: ${most} are looked into at the most.`,
      'Choose fewer, with a process further down the tree or a narrower --match.',
    ),
  noMatch: (pattern: string) =>
    new SleeperError(
      'no-match',
      'noProcess',
      `No Python process that you may see has a command line that matches ${pattern}`,
      'It is a regular expression, with upper and lower case told apart; `sleeper ps` shows the command lines.',
    ),
  oneHeartbeat: (processes: number) =>
    new SleeperError(
      'one-heartbeat',
      'usage',
      `A heartbeat is that of one process, and ${processes} were named.`,
      'Start one `sleeper watch` for each, or leave --heartbeat out.',
    ),
} as const;
