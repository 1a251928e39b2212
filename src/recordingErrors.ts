import { SleeperError } from './errors.js';

/** What can be wrong with a recording on disk; as in errors.ts, and in docs/troubleshooting.md as well. */
export const recordingErrors = {
  unreadable: (path: string, reason: string) =>
    new SleeperError(
      'recording-unreadable',
      'failure',
      `The recording ${path} cannot be read: ${reason}.`,
      'Name a file that `sleeper record` has written.',
    ),
  notARecording: (path: string) =>
    new SleeperError(
      'not-a-recording',
      'failure',
      `${path} is not a recording of sleeper.`,
      'Name the file that `sleeper record` has written; what `sleeper report` makes of it cannot be read again.',
    ),
  corrupt: (path: string, line: number, reason: string) =>
    new SleeperError(
      'recording-corrupt',
      'failure',
      `Line ${line} of the recording ${path} is damaged: ${reason}`,
      `What was recorded before can be had: \`head -n ${line - 1} FILE > SALVAGED\`, and report that.`,
    ),
} as const;
