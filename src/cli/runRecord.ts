import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { errors, exitCodes } from '../errors.js';
import { recordingErrors } from '../recordingErrors.js';
import { readRecording } from '../profile/readRecording.js';
import { createRecordingFile } from '../profile/recordingSink.js';
import { findAgent } from '../target/agentLibrary.js';
import { record } from '../usecases/record.js';
import { beforeInjection, type InjectionOptions } from './injection.js';
import type { Io } from './io.js';
import { parsePid } from './options.js';
import { pickProcess } from './pickProcess.js';
import { recordingPath } from './recordingPath.js';
import { showProfile, type ProfileViewOptions } from './profileOutput.js';
import { progressLine, type ProgressLine } from './progressLine.js';
import { sleeperVersion } from './version.js';

export interface RecordCommandOptions extends ProfileViewOptions, InjectionOptions {
  readonly pid?: string;
  readonly subprocesses?: true;
  readonly duration?: number;
  readonly rate: number;
  /** Milliseconds. */
  readonly every?: number;
  /** Percent. */
  readonly maxPauseShare: number;
  /** MiB. */
  readonly buffer: number;
}

/** The process to record, and, if it was started for that, what is known of it as a child. */
interface Recorded {
  readonly pid: number;
  readonly child: ChildProcess | null;
}

const launcher = fileURLToPath(new URL('../../bin/sleeper', import.meta.url));
const startMs = 10_000;

/** Starts a program with the agent in it, and waits until the agent is there. */
async function start(words: readonly string[]): Promise<Recorded> {
  const child = spawn(launcher, ['run', '--', ...words], { stdio: 'inherit' });
  const { pid } = child;
  const ended = once(child, 'exit');
  if (pid === undefined) throw (await once(child, 'error'))[0] as Error;
  const deadline = performance.now() + startMs;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw errors.noSuchProcess(pid);
    if (hasAgent(pid)) return { pid, child };
    if (performance.now() > deadline) throw errors.agentMissing(pid);
    await Promise.race([delay(2), ended]);
  }
}

function hasAgent(pid: number): boolean {
  try {
    return findAgent(pid) !== null;
  } catch {
    return false;
  }
}

async function chosen(words: readonly string[], io: Io, pid: string | undefined): Promise<Recorded> {
  if (words.length > 0 && pid !== undefined) throw recordingErrors.pidAndCommand();
  if (pid !== undefined) return { pid: parsePid(pid), child: null };
  if (words.length > 0) return start(words);
  return { pid: await pickProcess(io), child: null };
}

/** `sleeper record`: from the choice of the process to what is shown in the end. */
export async function runRecord(words: string[], io: Io, options: RecordCommandOptions): Promise<number> {
  const hz = options.every === undefined ? options.rate : 1000 / options.every;
  const { pid, child } = await chosen(words, io, options.pid);
  const stop = new AbortController();
  const release = io.onInterrupt(() => stop.abort());
  const path = recordingPath(pid, options.output);
  const trace =
    options.traceGdb === undefined ? null : (await import('../gdb/trace.js')).openFileTrace(options.traceGdb);
  const line: ProgressLine = progressLine(io, pid, hz);
  try {
    const tail = await record(pid, {
      ...{ hz, trace, sleeperVersion: sleeperVersion() },
      gdb: options.gdb,
      timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
      durationMs: options.duration === undefined ? null : options.duration * 1000,
      bytes: options.buffer << 20,
      mostPauseShare: options.maxPauseShare / 100,
      open: () => createRecordingFile(path),
      stop: stop.signal,
      signal: io.signal,
      beforeInjection: beforeInjection(io, options),
      log: (what) => {
        if (options.verbose === true) io.err(`${what}\n`);
      },
      subprocesses: options.subprocesses === true,
      onProgress: line.show,
    });
    line.end();
    // Text says so itself.
    if (options.output !== undefined) for (const warning of tail.warnings) io.err(`Warning: ${warning}\n`);
  } finally {
    line.end();
    release();
    trace?.close();
    if (existsSync(path)) io.err(`Recorded in ${path}; \`sleeper report ${path}\` shows it again.\n`);
  }
  if (path !== options.output) await showProfile(await readRecording(path), io, options);
  if (child === null) return exitCodes.ok;
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? exitCodes.failure;
}
