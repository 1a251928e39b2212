import { setTimeout as delay } from 'node:timers/promises';
import { readReadyBlock, type AgentPlace } from '../agent/client.js';
import { AgentRecording, type Poke } from '../agent/recording.js';
import { SleeperError } from '../errors.js';
import type { GdbSession } from '../gdb/session.js';
import type { RecordingLine, RecordingTail } from '../profile/recordingFile.js';
import type { RecordingSink } from '../profile/recordingSink.js';
import {
  RecordingWriter,
  type Activity,
  type GilLocks,
  type RecordingNumbers,
} from '../profile/recordingWriter.js';
import { findAgent } from '../target/agentLibrary.js';
import { assertInspectable } from '../target/diagnosis.js';
import { firstToStop } from '../target/firstToStop.js';
import { ThreadStates, type ThreadPlace } from '../target/threadStates.js';
import { namespaceTids } from './namespaceTids.js';
import { evaluationLoopOf } from './nativeFrames.js';
import { NativeStacks } from './nativeStacks.js';
import { PokeSchedule } from './pokeSchedule.js';
import { recordingMemory, type RecordingMemory } from './recordingMemory.js';
import type { RecordOptions, RecordProgress } from './record.js';

/** Between pokes that are this far apart gdb lets go of the process. */
const detachedFromMs = 1000;
/** A recording that gets less than this share of the samples that were wanted says so. */
const fairShare = 0.9;

/** Samples one process, from the first poke to the last. */
export class ProcessRecorder {
  private readonly pid: number;
  private readonly recording: AgentRecording;
  private readonly memory: RecordingMemory;
  private readonly states: ThreadStates;
  private readonly writer: RecordingWriter;
  private readonly attached: boolean;
  private readonly nativeStacks: NativeStacks | null;
  private readonly atStop: (() => Promise<void>) | null;
  private outerTids: ReadonlyMap<number, number> | null;
  private places = new Map<number, ThreadPlace>();
  private borrowed: number;
  private pokesMade = 0;
  private samples = 0;
  private dropped = 0;
  private stoppedUs = 0;
  private worstPauseUs = 0;
  private schedule: PokeSchedule | null = null;
  /** Samples that should have been taken. */
  private due = 0;
  private end: RecordingTail['end'] = 'failed';

  /**
   * @param session not attached to anything
   * @param place where the agent is
   * @param numbers shared by all processes of the recording
   * @param isFirstProcess the others are below it
   * @param onProgress told after each sample
   * @throws SleeperError recording-memory
   */
  constructor(
    private readonly session: GdbSession,
    private readonly place: AgentPlace,
    private readonly sink: RecordingSink,
    private readonly options: RecordOptions,
    numbers: RecordingNumbers,
    private readonly isFirstProcess: boolean,
    private readonly onProgress: ((progress: RecordProgress) => void) | null,
  ) {
    this.pid = place.pid;
    this.memory = recordingMemory(this.pid, options.bytes);
    this.recording = new AgentRecording(session, place, {
      bytes: this.memory.bytes,
      periodMs: 1000 / options.hz,
      variablesOf: options.localsAt?.name ?? null,
    });
    this.attached = 1000 / options.hz < detachedFromMs;
    this.borrowed = this.pid;
    this.states = new ThreadStates(this.pid);
    this.outerTids = namespaceTids(this.pid);
    const loop = evaluationLoopOf(readReadyBlock(place).pythonVersion);
    this.nativeStacks = options.native === true ? new NativeStacks(session, place.pid, loop) : null;
    const natives = this.nativeStacks;
    this.atStop = natives && (() => natives.capture());
    const ports = {
      variableNames: options.localsAt?.variables ?? null,
      native: natives && ((tid: number) => natives.framesOf(tid)),
      write: (line: RecordingLine) => sink.add(line),
      activity: (tid: number, gil: GilLocks | null) => this.activity(tid, gil),
      tid: (inner: number) => this.outerTid(inner),
    };
    this.writer = new RecordingWriter(this.pid, ports, numbers, isFirstProcess);
  }

  /**
   * @param stop aborted: the end, in an orderly way
   * @throws SleeperError when gdb or the agent fails. The samples until then are in the sink in any case, and `outcome`
   *   tells of them.
   */
  async run(stop: AbortSignal): Promise<void> {
    const { session, options, pid } = this;
    if (this.attached) {
      try {
        await session.attach(pid);
        await session.continue();
      } catch (error) {
        this.closeFiles();
        throw error;
      }
    }
    const startMs = performance.now();
    this.schedule = new PokeSchedule(startMs, 1000 / options.hz, options.mostPauseShare);
    const untilMs = options.durationMs === null ? Infinity : startMs + options.durationMs;
    try {
      this.end = await this.pokes(this.schedule, untilMs, stop);
    } catch (error) {
      // What has failed already is what is told of.
      await this.giveBack().catch(() => undefined);
      throw error;
    } finally {
      this.due = Math.floor(((Math.min(performance.now(), untilMs) - startMs) * options.hz) / 1000);
      this.closeFiles();
    }
    if (this.end !== 'exited') await this.giveBack().catch((error: unknown) => this.orEnded(error));
  }

  private closeFiles(): void {
    this.states.close();
    this.nativeStacks?.close();
  }

  /** Gives its memory back to the process. */
  private giveBack(): Promise<void> {
    return this.recording.end(this.chooseThread(), this.attached);
  }

  /** What there is to say at the end, whatever it was. */
  outcome(): RecordingTail {
    const { end, schedule, dropped } = this;
    const short = this.shortfall();
    const warnings = [...(short === null ? [] : [short]), ...this.remarks()];
    return { end, missed: schedule?.missed ?? 0, dropped, warnings };
  }

  private async pokes(
    schedule: PokeSchedule,
    untilMs: number,
    stop: AbortSignal,
  ): Promise<RecordingTail['end']> {
    const startMs = performance.now();
    for (;;) {
      const due = schedule.next(performance.now(), untilMs);
      await sleepUntil(Math.min(due, untilMs), stop);
      if (stop.aborted) return 'interrupted';
      if (due >= untilMs) return 'duration';
      const at = performance.now();
      const poke = await this.poke();
      if (poke === null) return 'exited';
      if (poke === 'busy') {
        schedule.missed++;
        continue;
      }
      schedule.took(at, poke.stoppedUs / 1000);
      const elapsedMs = performance.now() - startMs;
      this.onProgress?.({
        seconds: elapsedMs / 1000,
        samples: this.samples,
        missed: schedule.missed,
        meanPauseUs: this.stoppedUs / this.pokesMade,
        worstPauseUs: this.worstPauseUs,
        stoppedShare: this.stoppedUs / 1000 / elapsedMs,
      });
    }
  }

  /** Null: the process has ended. 'busy': somebody else traces it just now, or has stopped it. */
  private async poke(): Promise<Poke | 'busy' | null> {
    if (!this.attached && !isInspectable(this.place.pid)) return 'busy';
    this.lookAround();
    const poke = await this.recording
      .poke(this.chooseThread(), this.attached, this.atStop)
      .catch((error: unknown) =>
        error instanceof SleeperError && error.exit === 'badState' ? 'busy' : this.orEnded(error),
      );
    if (poke === null || poke === 'busy') return poke;
    await this.nativeStacks?.unwindAll();
    if (poke.dropped > this.dropped) this.sink.add(['dropped', poke.stoppedUs]);
    this.writer.add(poke.records, poke.stoppedUs);
    this.sink.flush();
    this.pokesMade++;
    this.samples += poke.dropped > this.dropped ? 0 : 1;
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

  /** The same one as before, if it is as good as any. */
  private chooseThread(): number {
    this.borrowed = firstToStop(this.pid, this.places, this.borrowed);
    return this.borrowed;
  }

  private activity(tid: number, gil: GilLocks | null): Activity | null {
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
    if (hasAgentAt(this.place)) throw error;
    return null;
  }

  /** What is to be said if fewer samples were taken than were wanted; null: nothing. */
  shortfall(): string | null {
    if (this.samples >= this.due * fairShare) return null;
    const why =
      this.schedule?.slowedDown === true
        ? `more would have stopped the process for more than ${this.options.mostPauseShare * 100} % of the time (--max-pause-share)`
        : 'the machine or gdb was too busy';
    return `Only ${this.samples} of ${this.due} samples were taken: ${why}.`;
  }

  /** What else there is to be said of the samples. */
  remarks(): string[] {
    const warnings = this.memory.remark === null ? [] : [this.memory.remark];
    const { unmerged } = this.writer;
    if (unmerged > 0)
      warnings.push(
        `${unmerged} stacks are without their frames of C, which did not fit those of Python: they end in "(C frames unknown)".`,
      );
    const wanted = this.options.localsAt?.name;
    if (wanted !== undefined && !this.writer.metVariables && this.isFirstProcess)
      warnings.push(`The function ${wanted} was on the stack in no sample: no variables were recorded.`);
    if (this.dropped > 0)
      warnings.push(
        `${this.dropped} samples had no room in the process and were dropped: --buffer gives more.`,
      );
    return warnings;
  }
}

/** Is it still the same program, and alive? */
function hasAgentAt({ pid, control }: AgentPlace): boolean {
  try {
    return findAgent(pid)?.control === control;
  } catch {
    return false;
  }
}

/** False as well where it is in no state to be touched now, but may be later. */
function isInspectable(pid: number): boolean {
  try {
    assertInspectable(pid);
    return true;
  } catch (error) {
    return !(error instanceof SleeperError && error.exit === 'badState');
  }
}

async function sleepUntil(ms: number, stop: AbortSignal): Promise<void> {
  const wait = ms - performance.now();
  if (wait > 0) await delay(wait, undefined, { signal: stop }).catch(() => undefined);
}
