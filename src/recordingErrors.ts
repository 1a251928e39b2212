import { SleeperError } from './errors.js';

/** What can be wrong with a recording, and with how it is to be made or shown; as in errors.ts, and in docs/troubleshooting.md as well. */
export const recordingErrors = {
  pidAndCommand: () =>
    new SleeperError(
      'pid-and-command',
      'usage',
      'A process id and a command to start were both given.',
      'Either `sleeper record -p 1234`, or `sleeper record -- python3 app.py`.',
    ),
  nativeUnsupported: (architecture: string) =>
    new SleeperError(
      'native-unsupported',
      'usage',
      `Frames of C can be read on x86-64 only, and this is ${architecture}.`,
      'Leave --native out.',
    ),
  binaryToTerminal: (format: string) =>
    new SleeperError(
      'binary-to-terminal',
      'usage',
      `${format} is not for a terminal.`,
      'Write it to a file with --output, or into a pipe.',
    ),
  noDifferenceAs: (format: string) =>
    new SleeperError(
      'no-difference-as',
      'usage',
      `The difference of two recordings cannot be shown as ${format}.`,
      'Leave --format out for text, or choose flamegraph.',
    ),
  reportOverRecording: (path: string) =>
    new SleeperError(
      'report-over-recording',
      'usage',
      `${path} is the name of a recording, which a report is not to replace.`,
      'Choose a name that ends in .svg, .html, .json ...',
    ),
  unwritable: (path: string, reason: string, cause: unknown) =>
    new SleeperError(
      'recording-unwritable',
      'failure',
      `The recording ${path} cannot be written: ${reason}.`,
      'Name a file in another directory with --output; the recording is made beside it.',
      { cause },
    ),
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
