import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { endHeadStart } from '../gdb/headStart.js';
import { Interrupted } from './interrupted.js';
import { endingSignals, type Io } from './io.js';
import { whyUnwritable } from './outputFile.js';
import { runCli } from './program.js';
import { outputIsFile, writeWhole } from './standardOutput.js';

const abort = new AbortController();
let taken: { readonly handler: () => void; readonly signals: readonly string[] } | null = null;
for (const signal of endingSignals) {
  process.on(signal, () => {
    if (taken?.signals.includes(signal) === true) {
      taken.handler();
      taken = null;
      return;
    }
    // What is under way is undone before the process ends; until then, more of them change nothing.
    abort.abort(new Interrupted(128 + constants.signals[signal]));
  });
}

const { stdout, stderr } = process;

function endOutput(error: NodeJS.ErrnoException): void {
  // Whoever read our output has seen enough: `sleeper dump 1234 | head`.
  if (error.code !== 'EPIPE') {
    stderr.write(`sleeper: The output cannot be written: ${whyUnwritable(error)}.\n`);
    process.exitCode = 1;
  }
  abort.abort(new Interrupted(error.code === 'EPIPE' ? 0 : 1));
}

stdout.on('error', endOutput);
stderr.on('error', () => undefined);

const toFile = outputIsFile();
let fileIsFull = false;

function out(content: string | Uint8Array): void {
  if (!toFile) return void stdout.write(content);
  if (fileIsFull) return;
  try {
    writeWhole(content);
  } catch (error) {
    fileIsFull = true;
    endOutput(error as NodeJS.ErrnoException);
  }
}

const io: Io = {
  env: process.env,
  // `isTTY` is undefined where there is no terminal, and picocolors takes that for no answer.
  inputIsTerminal: isatty(0),
  outputIsTerminal: isatty(1),
  errorIsTerminal: isatty(2),
  columns: stdout.isTTY ? stdout.columns : undefined,
  signal: abort.signal,
  onInterrupt: (handler, signals = ['SIGINT']) => {
    taken = { handler, signals };
    return () => (taken = null);
  },
  out,
  err: (text) => void stderr.write(text),
};

async function main(): Promise<void> {
  // Node ends by itself when nothing is left to wait for, which is not how it should end.
  process.exitCode = 1;
  let exitCode: number;
  try {
    exitCode = await runCli(process.argv.slice(2), io);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    exitCode = error.exitCode;
  }
  await endHeadStart();
  // All that was written has been taken when this is: a pipe's reader may be slow.
  stdout.write('', () =>
    process.exit(abort.signal.aborted ? (abort.signal.reason as Interrupted).exitCode : exitCode),
  );
}

void main();
