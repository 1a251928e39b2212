import { setTimeout as delay } from 'node:timers/promises';
import { readReadyBlock } from '../agent/client.js';
import { AgentRecording, type Poke } from '../agent/recording.js';
import type { GdbSession } from '../gdb/session.js';
import type { RecordingTail } from '../profile/recordingFile.js';
import type { RecordingSink } from '../profile/recordingSink.js';
import { RecordingWriter, type Activity, type GilCondition } from '../profile/recordingWriter.js';
import { findAgent } from '../target/agentLibrary.js';
import { assertInspectable } from '../target/diagnosis.js';
import { readProcessInfo } from '../target/processInfo.js';
import { openProcessMemory, type ProcessMemory } from '../target/processMemory.js';
import { ThreadStates, type ThreadPlace } from '../target/threadStates.js';
import { withGdb, type GdbChoice } from './gdb.js';
import { ensureAgent } from './inject.js';
import { namespaceTids } from './namespaceTids.js';
import { PokeSchedule } from './pokeSchedule.js';

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

/** Between pokes that are this far apart gdb lets go of the process. */
const detachedFromMs = 1000;
/** A recording that gets less than this share of the samples that were wanted says so. */
const fairShare = 0.9;

/** PY_VERSION_HEX as text: "3.11.7". */
function versionText(hex: number): string {
  return [hex >>> 24, (hex >>> 16) & 255, (hex >>> 8) & 255].join('.');
}

/** One recording, from the first poke to the last. */
class Recorder {
  private readonly states: ThreadStates;
  private readonly writer: RecordingWriter;
  private readonly attached: boolean;
  private outerTids: ReadonlyMap<number, number> | null;
  private places = new Map<number, ThreadPlace>();
  private borrowed: number;
  private samples = 0;
  private dropped = 0;
  private stoppedUs = 0;
  private worstPauseUs = 0;

  constructor(
    private readonly pid: number,
    private readonly control: bigint,
    private readonly session: GdbSession,
    private readonly recording: AgentRecording,
    private readonly sink: RecordingSink,
    private readonly options: RecordOptions,
  ) {
    this.attached = 1000 / options.hz < detachedFromMs;
    this.borrowed = pid;
    this.states = new ThreadStates(pid);
    this.outerTids = namespaceTids(pid);
    this.writer = new RecordingWriter(pid, {
      write: (line) => sink.add(line),
      activity: (tid, gil) => this.activity(tid, gil),
      tid: (inner) => this.outerTid(inner),
    });
  }

  /** @throws SleeperError when gdb or the agent fails; all that was recorded until then is in the sink */
  async run(): Promise<RecordingTail> {
    const { session, options, pid } = this;
    if (this.attached) {
      await session.attach(pid);
      await session.continue();
    }
    const startMs = performance.now();
    const schedule = new PokeSchedule(startMs, 1000 / options.hz, options.mostPauseShare);
    const untilMs = options.durationMs === null ? Infinity : startMs + options.durationMs;
    let end: RecordingTail['end'] = 'failed';
    const warnings: string[] = [];
    try {
      end = await this.pokes(schedule, untilMs);
    } catch (error) {
      options.signal.throwIfAborted();
      warnings.push(`The recording broke off: ${(error as Error).message}`);
      // What has failed already is what is told of.
      await this.giveBack().catch(() => undefined);
      throw error;
    } finally {
      const due = Math.floor(((Math.min(performance.now(), untilMs) - startMs) * options.hz) / 1000);
      warnings.push(...this.shortfall(due, schedule));
      this.sink.add({ end, missed: schedule.missed, dropped: this.dropped, warnings });
      this.states.close();
    }
    if (end !== 'exited') await this.giveBack().catch((error: unknown) => this.orEnded(error));
    return { end, missed: schedule.missed, dropped: this.dropped, warnings };
  }

  /** Gives its memory back to the process. */
  private giveBack(): Promise<void> {
    return this.recording.end(this.chooseThread(), this.attached);
  }

  private async pokes(schedule: PokeSchedule, untilMs: number): Promise<RecordingTail['end']> {
    const { stop, onProgress } = this.options;
    const startMs = performance.now();
    for (;;) {
      const due = schedule.next(performance.now());
      await sleepUntil(Math.min(due, untilMs), stop);
      if (stop.aborted) return 'interrupted';
      if (due >= untilMs) return 'duration';
      const at = performance.now();
      const poke = await this.poke();
      if (poke === null) return 'exited';
      schedule.took(at, poke.stoppedUs / 1000);
      const elapsedMs = performance.now() - startMs;
      onProgress({
        seconds: elapsedMs / 1000,
        samples: this.samples,
        missed: schedule.missed,
        meanPauseUs: this.stoppedUs / this.samples,
        worstPauseUs: this.worstPauseUs,
        stoppedShare: this.stoppedUs / 1000 / elapsedMs,
      });
    }
  }

  private async poke(): Promise<Poke | null> {
    this.lookAround();
    const poke = await this.recording
      .poke(this.chooseThread(), this.attached)
      .catch((error: unknown) => this.orEnded(error));
    if (poke === null) return null;
    this.writer.add(poke.records, poke.stoppedUs);
    this.sink.flush();
    this.samples++;
    this.dropped = poke.dropped;
    this.stoppedUs += poke.stoppedUs;
    this.worstPauseUs = Math.max(this.worstPauseUs, poke.stoppedUs);
    return poke;
  }

  /** What each thread is doing, just before the stop, which ends every wait. */
  private lookAround(): void {
    this.places = new Map();
    for (const tid of this.states.tids() ?? []) {
      const place = this.states.read(tid);
      if (place !== null) this.places.set(tid, place);
    }
  }

  /** A thread that waits: nothing of its own is half done. The same one as before, else the main one, else any. */
  private chooseThread(): number {
    const waits = (tid: number): boolean => this.places.get(tid)?.kind === 'waiting';
    if (!waits(this.borrowed)) {
      const waiting = waits(this.pid) ? this.pid : [...this.places.keys()].find(waits);
      this.borrowed = waiting ?? this.pid;
    }
    return this.borrowed;
  }

  private activity(tid: number, gil: GilCondition | null): Activity | null {
    const place = this.places.get(tid);
    if (place === undefined) return null;
    if (place.kind === 'running') return 'cpu';
    if (place.futex === null || gil === null) return 'idle';
    const offset = place.futex - gil.address;
    return offset >= 0n && offset < BigInt(gil.bytes) ? 'gil' : 'idle';
  }

  /** The kernel's id of a thread here, where the process has a pid namespace of its own. */
  private outerTid(inner: number): number | null {
    if (this.outerTids === null) return inner;
    if (!this.outerTids.has(inner)) this.outerTids = namespaceTids(this.pid) ?? this.outerTids;
    return this.outerTids.get(inner) ?? null;
  }

  /**
   * A process may end, or run another program, at any moment, in the middle of whatever is done with it. Then there is
   * nothing more to be had, and what went wrong was just that.
   */
  private orEnded(error: unknown): null {
    this.options.signal.throwIfAborted();
    if (hasAgentAt(this.pid, this.control)) throw error;
    return null;
  }

  private shortfall(due: number, schedule: PokeSchedule): string[] {
    const warnings: string[] = [];
    if (this.samples < due * fairShare) {
      const why = schedule.slowedDown
        ? `more would have stopped the process for more than ${this.options.mostPauseShare * 100} % of the time (--max-pause-share)`
        : 'the machine or gdb was too busy';
      warnings.push(`Only ${this.samples} of ${due} samples were taken: ${why}.`);
    }
    if (this.dropped > 0)
      warnings.push(`${this.dropped} samples had no room in the process (--buffer) and were dropped.`);
    return warnings;
  }
}

/** Is it still the same program, and alive? */
function hasAgentAt(pid: number, control: bigint): boolean {
  try {
    return findAgent(pid)?.control === control;
  } catch {
    return false;
  }
}

async function sleepUntil(ms: number, stop: AbortSignal): Promise<void> {
  const wait = ms - performance.now();
  if (wait > 0) await delay(wait, undefined, { signal: stop }).catch(() => undefined);
}

async function openAgent(
  session: GdbSession,
  pid: number,
  memory: ProcessMemory,
  options: RecordOptions,
): Promise<bigint> {
  const there = findAgent(pid, { memory });
  if (there !== null) return there.control;
  await options.beforeInjection(pid);
  await session.ready;
  return (await ensureAgent(session, pid, { ...options, memory })).control;
}

/**
 * Samples the stacks of all threads of a process, until it ends or the recording is to end.
 * @returns what was written at the end
 * @throws SleeperError; the reason of `signal`. What was recorded is in the file in any case.
 */
export function record(pid: number, options: RecordOptions): Promise<RecordingTail> {
  assertInspectable(pid);
  return withGdb(options, options.signal, async (session) => {
    const memory = openProcessMemory(pid);
    try {
      const control = await openAgent(session, pid, memory, options);
      const place = { pid, control, memory };
      const recording = new AgentRecording(session, place, {
        bytes: options.bytes,
        periodMs: 1000 / options.hz,
      });
      await session.ready;
      const sink = options.open();
      try {
        sink.add({
          ...{ format: 'sleeper recording', formatVersion: 1, sleeperVersion: options.sleeperVersion },
          process: readProcessInfo(pid),
          python: {
            implementation: 'CPython',
            version: versionText(readReadyBlock(place).pythonVersion),
          },
          startedAt: new Date().toISOString(),
          wantedHz: options.hz,
        });
        return await new Recorder(pid, control, session, recording, sink, options).run();
      } finally {
        try {
          sink.flush();
        } finally {
          sink.close();
        }
      }
    } finally {
      memory.close();
    }
  });
}
