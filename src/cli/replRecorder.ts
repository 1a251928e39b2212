import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SleeperError } from '../errors.js';
import { readRecording } from '../profile/readRecording.js';
import { createRecordingFile } from '../profile/recordingSink.js';
import { CommandInterrupted } from '../repl/interpret.js';
import type { Recorder, RecordingWish } from '../repl/recorder.js';
import { recordUsage } from '../repl/verbs/record.js';
import { replErrors } from '../replErrors.js';
import { record, type RecordOptions } from '../usecases/record.js';
import type { Io } from './io.js';
import { openOutputFile } from './outputFile.js';
import { formatOfFile, profileFormats, type ProfileFormat } from './profileFormats.js';
import { progressLine } from './progressLine.js';
import { recordingPath } from './recordingPath.js';

/** What recordings have in common with all else that the REPL does with the process. */
export type ReplRecorderOptions = Pick<
  RecordOptions,
  'gdb' | 'timeoutMs' | 'mostThreads' | 'trace' | 'log' | 'beforeInjection' | 'sleeperVersion'
>;

/** As the options of `sleeper record` are unless they are given. */
const limits = { bytes: 4 << 20, mostPauseShare: 0.05 };

/** @throws SleeperError verb-usage: nothing tells of a format, so it is hardly meant as a file */
function formatFor(file: string): ProfileFormat {
  const format = formatOfFile(file);
  if (format !== null) return format;
  const ends = profileFormats.flatMap(({ extensions }) => extensions).join(', ');
  throw replErrors.verbUsage(`The name ${file} means no format; it may end in ${ends}.`, recordUsage);
}

/**
 * Samples into a file.
 * @returns whether there is a sample in it
 * @throws SleeperError; the reason of `stop`, where it came before the file was there
 */
async function sample(
  pid: number,
  path: string,
  { seconds, hz, file }: RecordingWish,
  { io, options, stop }: { io: Io; options: ReplRecorderOptions; stop: AbortSignal },
): Promise<boolean> {
  stop.throwIfAborted();
  // What comes before the first sample may take long, and has no end but this.
  const giveUp = new AbortController();
  const abort = (): void => giveUp.abort(stop.reason);
  stop.addEventListener('abort', abort);
  const line = seconds > 1 ? progressLine(io, pid, hz) : null;
  let samples = 0;
  try {
    await record(pid, {
      ...options,
      ...limits,
      ...{ hz, durationMs: seconds * 1000, stop },
      signal: AbortSignal.any([io.signal, giveUp.signal]),
      open: () => {
        stop.removeEventListener('abort', abort);
        return createRecordingFile(path);
      },
      onProgress: (progress) => {
        samples = progress.samples;
        line?.show(progress);
      },
    });
  } catch (error) {
    // Whoever ends sleeper wants nothing any more but what he has asked for.
    const wanted = file !== null || error instanceof SleeperError;
    if (samples === 0 || !wanted) rmSync(path, { force: true });
    throw error;
  } finally {
    stop.removeEventListener('abort', abort);
    line?.end();
  }
  return samples > 0;
}

/** How `record` of the REPL samples the process. */
export function replRecorder(pid: number, io: Io, options: ReplRecorderOptions): Recorder {
  return async (wish, interrupted) => {
    const { file } = wish;
    const format = file === null ? null : formatFor(file);
    const output = file === null ? null : openOutputFile(file);
    const path = file === null ? join(tmpdir(), `sleeper-${randomUUID()}.sleeper`) : recordingPath(pid, file);
    // Where the REPL has no terminal of its own, Ctrl-C is a signal to the whole of sleeper.
    const signalled = new AbortController();
    const release = io.onInterrupt(() => signalled.abort(new CommandInterrupted()));
    const stop = AbortSignal.any([interrupted, signalled.signal]);
    try {
      const some = await sample(pid, path, wish, { io, options, stop });
      const profile = await readRecording(path);
      if (file === null || !some) rmSync(path);
      if (!some) stop.throwIfAborted();
      const rendered = await format?.render(profile, { colour: false, width: Infinity });
      if (rendered !== undefined) output?.commit(rendered);
      return { profile, recording: file === null || !some ? null : path };
    } catch (error) {
      if (existsSync(path)) io.err(`What was recorded is in ${path}; \`sleeper report ${path}\` shows it.\n`);
      throw error;
    } finally {
      release();
      output?.discard();
    }
  };
}
