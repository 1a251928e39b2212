import { readReadyBlock, type AgentPlace } from '../agent/client.js';
import { SleeperError } from '../errors.js';
import type { GdbSession } from '../gdb/session.js';
import type { RecordingHead, RecordingTail } from '../profile/recordingFile.js';
import type { RecordingSink } from '../profile/recordingSink.js';
import { RecordingNumbers } from '../profile/recordingWriter.js';
import { descendants } from '../target/processTree.js';
import { assertInspectable } from '../target/diagnosis.js';
import { endOf } from '../target/liveDirectory.js';
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
/** Of those that a warning is about. */
const mostNamed = 10;

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
  private readonly running = new Map<number, Promise<void>>();
  /** Those that are not to be begun again, as long as they are there. */
  private readonly seen = new Set<number>();
  /** Those that somebody else traces, or has stopped, with the warning that this is worth if it stays so. */
  private readonly untouchable = new Map<number, string>();
  /** Those of which fewer samples were taken than were wanted. */
  private readonly short: number[] = [];
  private leftOut = false;
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
    await Promise.all(this.running.values());
    this.warnings.push(...this.untouchable.values());
    if (this.short.length === 0) return;
    const named = this.short.slice(0, mostNamed).join(', ');
    const more = this.short.length > mostNamed ? ` and ${this.short.length - mostNamed} more` : '';
    this.warnings.push(
      `Fewer samples than wanted were taken of processes below it (--max-pause-share, or a busy machine): ${named}${more}.`,
    );
  }

  private look(): void {
    const there = descendants(this.root);
    for (const pids of [this.seen, this.untouchable])
      for (const pid of pids.keys()) if (!there.includes(pid)) pids.delete(pid);
    for (const pid of there) {
      if (this.seen.has(pid) || pythonProcess(pid) === null) continue;
      if (this.running.size === mostSubprocesses) {
        if (!this.leftOut)
          this.warnings.push(
            `There were more than ${mostSubprocesses} processes below it at once: the others are left out.`,
          );
        this.leftOut = true;
        return;
      }
      this.seen.add(pid);
      this.running.set(
        pid,
        this.record(pid).finally(() => this.running.delete(pid)),
      );
    }
  }

  private async record(pid: number): Promise<void> {
    const { sink, numbers, options, stop } = this;
    try {
      await withAgent(pid, options, async (session, place) => {
        this.untouchable.delete(pid);
        const recorder = new ProcessRecorder(session, place, sink, options, numbers, false, null);
        await recorder.run(stop.signal);
        if (recorder.shortfall() !== null) this.short.push(pid);
        this.warnings.push(...recorder.remarks().map((remark) => `Process ${pid}: ${remark}`));
      });
    } catch (error) {
      if (endOf(pid) !== null) return;
      const warning = `Process ${pid} was not recorded to its end: ${(error as Error).message}`;
      if (error instanceof SleeperError && error.exit === 'badState') {
        // Another look is worth while: for a moment after a fork the child is traced by the gdb that its parent has.
        this.untouchable.set(pid, warning);
        this.seen.delete(pid);
      } else {
        this.warnings.push(warning);
      }
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
