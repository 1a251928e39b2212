import { SleeperError } from './errors.js';

/** What can fail in a command of the REPL; as in errors.ts, and in docs/troubleshooting.md as well. */
export const replErrors = {
  gdbCommand: (command: string, message: string) =>
    new SleeperError(
      'gdb-command',
      'failure',
      `gdb refused ${command}: ${message}`,
      '`gdb help` in the REPL tells what gdb knows.',
    ),
  gdbForbidden: (word: string) =>
    new SleeperError(
      'gdb-forbidden',
      'failure',
      `gdb must not do this here: ${word} would let the process go on, end it or change who holds it.`,
      'The verbs `pause`, `resume`, `detach` and `quit` of the REPL do what can be done safely.',
    ),
  gdbNotAscii: () =>
    new SleeperError(
      'gdb-not-ascii',
      'failure',
      'A command to gdb can have printable ASCII characters only, 3000 at the most.',
      'Write other characters as escapes, for example "\\303\\244" in a string.',
    ),
  unknownVerb: (line: string, verb: string, nearest: string | null) =>
    new SleeperError(
      'unknown-verb',
      'failure',
      `There is no verb ${verb}.${nearest === null ? '' : ` Did you mean ${nearest}?`}`,
      `To evaluate an expression, put p in front of it: \`p ${line}\`. \`help\` lists the verbs.`,
    ),
  verbUsage: (what: string, usage: string) =>
    new SleeperError('verb-usage', 'failure', what, `Usage: ${usage}`),
  noSuchFrame: (number: number, frames: number) =>
    new SleeperError(
      'no-such-frame',
      'failure',
      `There is no frame ${number}: the thread has ${frames === 0 ? 'no Python frames' : `frames 0 to ${frames - 1}`}.`,
      '`bt` lists them; `thread` chooses another thread.',
    ),
  endOfStack: (end: 'oldest' | 'newest') =>
    new SleeperError(
      'end-of-stack',
      'failure',
      `This is the ${end} frame.`,
      end === 'oldest' ? '`down` leads to newer ones.' : '`up` leads to older ones.',
    ),
  noSource: (file: string, why: string) =>
    new SleeperError(
      'no-source',
      'failure',
      `There is no source to show for ${file}: ${why}.`,
      'sleeper reads the file as the process sees it. `bt` shows the line numbers.',
    ),
  pausedProcess: (pid: number) =>
    new SleeperError(
      'paused',
      'failure',
      `Process ${pid} is paused: no Python can run in it.`,
      '`resume` first. While it is paused, `p NAME`, `locals` and `globals` show values as they are in memory.',
    ),
  severalInterpreters: (pid: number) =>
    new SleeperError(
      'several-interpreters',
      'failure',
      `Process ${pid} has several interpreters: no frame can be evaluated in, for CPython 3.12 and later give out frames of another one in a way that ends the process.`,
      '`locals` shows the variables as they are in memory.',
    ),
  frameGone: (reason: string) =>
    new SleeperError(
      'frame-gone',
      'failure',
      `The frame is gone: ${reason}`,
      '`refresh` looks again, then choose a frame with `bt` and `frame N`.',
    ),
  noGil: (holder: string | null) =>
    new SleeperError(
      'no-gil',
      'failure',
      `The GIL was not to be had${holder === null ? '' : `; it is held by ${holder}`}.`,
      'Values as they are in memory need no GIL: `p NAME`, `locals`, `globals`; a longer --timeout waits longer.',
    ),
  evaluationInterrupted: (by: 'deadline' | 'signal', ms: number) =>
    new SleeperError(
      'evaluation-interrupted',
      'failure',
      by === 'deadline' ? `It took longer than ${ms / 1000} s and was ended.` : 'It was interrupted.',
      'It was ended by an exception (KeyboardInterrupt) inside the process; what it had changed by then stays.',
    ),
  evaluationStuck: (tid: number) =>
    new SleeperError(
      'evaluation-stuck',
      'failure',
      `It does not end: thread ${tid} of the process is in a call that no exception reaches.`,
      'The thread ends when that call returns. Other questions can be asked meanwhile.',
    ),
  liveOver: (reason: string) =>
    new SleeperError(
      'session-over',
      'failure',
      `No Python can be run in the process any more: ${reason}`,
      'If it still runs, the next question opens a new session.',
    ),
  raised: (type: string, message: string) =>
    new SleeperError(
      'raised',
      'failure',
      `${type}${message === '' ? '' : `: ${message}`}`,
      'The expression raised this in the process, where it was caught.',
    ),
  commandInterrupted: (paused: boolean) =>
    new SleeperError(
      'interrupted',
      'failure',
      'Interrupted.',
      paused ? 'The process stays paused.' : 'The process runs on.',
    ),
  statementRefused: () =>
    new SleeperError(
      'statement-refused',
      'failure',
      'A statement can change the process, and nobody could be asked whether it may.',
      'Say that it may: `sleeper repl PID --yes`.',
    ),
} as const;
