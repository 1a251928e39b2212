import { existsSync, rmSync } from 'node:fs';
import { asSleeperError, exitCodes } from '../errors.js';
import { readRecording } from '../profile/readRecording.js';
import { createRecordingFile } from '../profile/recordingSink.js';
import { recordingErrors } from '../recordingErrors.js';
import { record } from '../usecases/record.js';
import { reportFailure } from './failure.js';
import { openTrace, verboseLog } from './diagnostics.js';
import { beforeInjection, type InjectionOptions } from './injection.js';
import type { Io } from './io.js';
import { parsePid, type LocalsAt } from './options.js';
import { pickProcess } from './pickProcess.js';
import { assertShowable, showProfile, type ProfileViewOptions } from './profileOutput.js';
import { progressLine } from './progressLine.js';
import { recordingPath } from './recordingPath.js';
import { StartedProgram } from './startedProgram.js';
import { sleeperVersion } from './version.js';

export interface RecordCommandOptions extends ProfileViewOptions, InjectionOptions {
  readonly pid?: string;
  readonly subprocesses?: true;
  readonly native?: true;
  readonly localsAt?: LocalsAt;
  readonly duration?: number;
  readonly rate: number;
  /** Milliseconds. */
  readonly every?: number;
  /** Percent. */
  readonly maxPauseShare: number;
  /** MiB. */
  readonly buffer: number;
}

/** A question that is asked once for all: the processes below the first one get the same answer. */
function once(ask: (pid: number) => Promise<void>): (pid: number) => Promise<void> {
  let answer: Promise<void> | null = null;
  return (pid) => (answer ??= ask(pid));
}

/** Records into `path`. Nothing is left of a recording that has no sample. */
async function recordInto(path: string, pid: number, io: Io, options: RecordCommandOptions): Promise<void> {
  if (options.native === true && process.arch !== 'x64')
    throw recordingErrors.nativeUnsupported(process.arch);
  const hz = options.every === undefined ? options.rate : 1000 / options.every;
  const stop = new AbortController();
  // `timeout 60 sleeper record` sends SIGTERM.
  const release = io.onInterrupt(() => stop.abort(), ['SIGINT', 'SIGTERM', 'SIGHUP']);
  const trace = await openTrace(options);
  const line = progressLine(io, pid, hz);
  const file = { made: false, samples: 0 };
  try {
    const tail = await record(pid, {
      ...{ hz, trace, sleeperVersion: sleeperVersion() },
      gdb: options.gdb,
      trustSeccomp: options.trustSeccomp,
      timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
      mostThreads: options.maxThreads,
      durationMs: options.duration === undefined ? null : options.duration * 1000,
      bytes: options.buffer << 20,
      mostPauseShare: options.maxPauseShare / 100,
      open: () => {
        const sink = createRecordingFile(path);
        file.made = true;
        return sink;
      },
      stop: stop.signal,
      signal: io.signal,
      beforeInjection: once(beforeInjection(io, options)),
      log: verboseLog(io, options),
      subprocesses: options.subprocesses === true,
      native: options.native === true,
      localsAt: options.localsAt,
      onProgress: (progress) => {
        file.samples = progress.samples;
        line.show(progress);
      },
    });
    line.end();
    // Text says so itself.
    if (options.output !== undefined) for (const warning of tail.warnings) io.err(`Warning: ${warning}\n`);
  } catch (error) {
    if (file.made && file.samples === 0) rmSync(path, { force: true });
    throw error;
  } finally {
    line.end();
    release();
    trace?.close();
    if (file.made && existsSync(path))
      io.err(`Recorded in ${path}; \`sleeper report ${path}\` shows it again.\n`);
  }
}

/** Records a process, and shows what there is. */
async function recordProcess(pid: number, io: Io, options: RecordCommandOptions): Promise<void> {
  const path = recordingPath(pid, options.output);
  await recordInto(path, pid, io, options);
  if (path !== options.output) await showProfile(await readRecording(path), io, options);
}

/** Starts a program and records it. What fails with that is told, and the program goes on. */
async function recordProgram(words: string[], io: Io, options: RecordCommandOptions): Promise<number> {
  const program = await StartedProgram.start(words);
  try {
    await program.untilReady();
    if (program.hasEnded) io.err('The command ended before anything of it could be recorded.\n');
    else await recordProcess(program.pid, io, options);
  } catch (error) {
    io.signal.throwIfAborted();
    const failure = asSleeperError(error);
    reportFailure(io, failure, options);
    await program.ended();
    return exitCodes[failure.exit];
  }
  return program.ended();
}

/** `sleeper record`: from the choice of the process to what is shown in the end. */
export async function runRecord(words: string[], io: Io, options: RecordCommandOptions): Promise<number> {
  if (words.length > 0 && options.pid !== undefined) throw recordingErrors.pidAndCommand();
  assertShowable(io, options);
  if (words.length > 0) return recordProgram(words, io, options);
  const pid = options.pid === undefined ? await pickProcess(io) : parsePid(options.pid);
  await recordProcess(pid, io, options);
  return exitCodes.ok;
}
