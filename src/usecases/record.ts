import { readReadyBlock, type AgentPlace } from '../agent/client.js';
import { SleeperError } from '../errors.js';
import type { GdbSession } from '../gdb/session.js';
import type { RecordingHead, RecordingTail } from '../profile/recordingFile.js';
import type { RecordingSink } from '../profile/recordingSink.js';
import { RecordingNumbers } from '../profile/recordingWriter.js';
import { descendants } from '../target/descendants.js';
import { assertInspectable } from '../target/diagnosis.js';
import { readProcessInfo } from '../target/processInfo.js';
import { openProcessMemory } from '../target/processMemory.js';
import { pythonProcess } from '../target/pythonProcess.js';
import { withGdb, type GdbChoice } from './gdb.js';
import { agentOf } from './inject.js';
import { ProcessRecorder } from './processRecorder.js';

export interface RecordOptions extends GdbChoice {
  readonly hz: number;
  /** Null: until `stop`, or until the process ends. */
  readonly durationMs: number | null;
  /** The memory that the recording may have in the process. */
  readonly bytes: number;
  /** Of the time in which the process may stand still, 0 to 1. */
  readonly mostPauseShare: number;
  /** Where the recording goes; opened when the process is known to be there and to be fit for it. */
  readonly open: () => RecordingSink;
  /** Aborted: the recording ends in an orderly way. */
  readonly stop: AbortSignal;
  /** Aborted: the process is let go at once. */
  readonly signal: AbortSignal;
  readonly beforeInjection: (pid: number) => Promise<void>;
  readonly log: (what: string) => void;
  readonly onProgress: (progress: RecordProgress) => void;
  /** The Python processes that it has started, too, and those that it starts. */
  readonly subprocesses?: boolean;
  /** The function whose variables are recorded, and which of them; null: all. */
  readonly localsAt?: { readonly name: string; readonly variables: readonly string[] | null } | undefined;
  /** The frames of C, too. */
  readonly native?: boolean;
  readonly sleeperVersion: string;
}

/** How a recording is going. */
export interface RecordProgress {
  readonly seconds: number;
  readonly samples: number;
  readonly missed: number;
  readonly meanPauseUs: number;
  readonly worstPauseUs: number;
  /** 0 to 1. */
  readonly stoppedShare: number;
}

/** PY_VERSION_HEX as text: "3.11.7". */
function versionText(hex: number): string {
  return [hex >>> 24, (hex >>> 16) & 255, (hex >>> 8) & 255].join('.');
}

/** How often new processes below the one that is recorded are looked for. */
const lookEveryMs = 500;
/** Each takes a gdb of its own, with 30 MB. */
const mostSubprocesses = 32;

/** Works with a process that has the agent, by a gdb of its own that is not attached yet. */
function withAgent<T>(
  pid: number,
  options: RecordOptions,
  work: (session: GdbSession, place: AgentPlace) => Promise<T>,
): Promise<T> {
  assertInspectable(pid);
  return withGdb(options, options.signal, async (session) => {
    const memory = openProcessMemory(pid);
    try {
      const { control } = await agentOf(session, pid, { ...options, memory });
      return await work(session, { pid, control, memory });
    } finally {
      memory.close();
    }
  });
}

function headOf(place: AgentPlace, { sleeperVersion, hz }: RecordOptions): RecordingHead {
  return {
    ...{ format: 'sleeper recording', formatVersion: 1, sleeperVersion },
    process: readProcessInfo(place.pid),
    python: { implementation: 'CPython', version: versionText(readReadyBlock(place).pythonVersion) },
    startedAt: new Date().toISOString(),
    wantedHz: hz,
  };
}

/** The processes below the one that is recorded. One that fails costs a warning, not the recording. */
class Subprocesses {
  readonly warnings: string[] = [];
  private readonly known = new Map<number, Promise<void>>();
  private readonly stop = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly root: number,
    private readonly sink: RecordingSink,
    private readonly numbers: RecordingNumbers,
    private readonly options: RecordOptions,
  ) {
    this.timer = setInterval(() => this.look(), lookEveryMs);
    this.look();
  }

  /** Ends the recording of all of them. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    this.stop.abort();
    await Promise.all(this.known.values());
  }

  private look(): void {
    for (const pid of descendants(this.root)) {
      if (this.known.has(pid) || pythonProcess(pid) === null) continue;
      if (this.known.size === mostSubprocesses) {
        this.warnings.push(
          `There are more than ${mostSubprocesses} processes below it: the others are left out.`,
        );
        clearInterval(this.timer);
        return;
      }
      this.known.set(pid, this.record(pid));
    }
  }

  private async record(pid: number): Promise<void> {
    const { sink, numbers, options, stop } = this;
    try {
      const { warnings } = await withAgent(pid, options, (session, place) =>
        new ProcessRecorder(session, place, sink, options, numbers, false, null).run(stop.signal),
      );
      this.warnings.push(...warnings.map((warning) => `Process ${pid}: ${warning}`));
    } catch (error) {
      if (error instanceof SleeperError && error.exit === 'noProcess') return;
      this.warnings.push(`Process ${pid} was not recorded to its end: ${(error as Error).message}`);
    }
  }
}

/**
 * Samples the stacks of all threads of a process, until it ends or the recording is to end.
 * @returns what was written at the end
 * @throws SleeperError; the reason of `signal`. What was recorded is in the file in any case.
 */
export function record(pid: number, options: RecordOptions): Promise<RecordingTail> {
  return withAgent(pid, options, async (session, place) => {
    const sink = options.open();
    try {
      sink.add(headOf(place, options));
      return await recordInto(sink, session, place, options);
    } finally {
      try {
        sink.flush();
      } finally {
        sink.close();
      }
    }
  });
}

async function recordInto(
  sink: RecordingSink,
  session: GdbSession,
  place: AgentPlace,
  options: RecordOptions,
): Promise<RecordingTail> {
  const numbers = new RecordingNumbers();
  const recorder = new ProcessRecorder(session, place, sink, options, numbers, true, options.onProgress);
  const below = options.subprocesses === true ? new Subprocesses(place.pid, sink, numbers, options) : null;
  const broken: string[] = [];
  let tail: RecordingTail;
  try {
    await recorder.run(options.stop);
  } catch (error) {
    options.signal.throwIfAborted();
    broken.push(`The recording broke off: ${(error as Error).message}`);
    throw error;
  } finally {
    await below?.end();
    const { warnings, ...outcome } = recorder.outcome();
    tail = { ...outcome, warnings: [...warnings, ...broken, ...(below?.warnings ?? [])] };
    sink.add(tail);
  }
  return tail;
}
