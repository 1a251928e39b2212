import { errors } from '../errors.js';
import type { CallReport, GdbSession } from '../gdb/session.js';
import { ownPid } from '../target/status.js';
import { isAnswerTo, readReadyBlock, type AgentPlace } from './client.js';
import {
  agentStatus,
  readControlBlock,
  requestKind,
  writeRequest,
  writeSampling,
  type ControlBlock,
} from './controlBlock.js';
import { isMakerGone, newRecordingId } from './recordingId.js';
import { decodeLog, type LogRecord } from './recordingLog.js';

/** Offsets in `struct sleeper_recording` (agent-c/include/sleeper.h), all of type uint64_t. A test compares. */
export const recordingLayout = {
  id: 0,
  bytes: 8,
  log: 16,
  log_bytes: 24,
  length: 32,
  samples: 40,
  dropped: 48,
  period_ns: 56,
  last_ns: 64,
} as const;
export const recordingSize = 72;

export interface RecordingOptions {
  /** The memory that the recording may have in the process. */
  readonly bytes: number;
  readonly periodMs: number;
  /** The function whose variables are recorded; null: none. */
  readonly variablesOf: string | null;
}

/** Of the variables that are recorded: enough to tell one call from another. */
const variableLimits = { variables: 32, depth: 2, items: 8, string: 100, repr: 200 };

/** What one poke gave. */
export interface Poke {
  readonly records: readonly LogRecord[];
  /** Samples that the agent has dropped since the beginning. */
  readonly dropped: number;
  /** For how long the process was stopped, at the most; microseconds. */
  readonly stoppedUs: number;
}

/**
 * The agent gives up a recording when no sample has come for long, which after one a day is days. That its maker was
 * killed can be known at once. A process that was forked off by one that is recorded has no such memory, or something
 * else there.
 */
function forgetAbandoned({ pid, memory }: AgentPlace, { recording, recordingOwner }: ControlBlock): void {
  if (recording === 0n || recordingOwner !== ownPid(pid)) return;
  const id = memory.read(recording + BigInt(recordingLayout.id), 8).readBigUInt64LE();
  if (isMakerGone(id)) memory.write(recording + BigInt(recordingLayout.last_ns), Buffer.alloc(8));
}

/** One recording in one process: the agent appends samples to a log in the process, which is read after each. */
export class AgentRecording {
  private readonly id = newRecordingId();
  private read = 0;
  private servedBefore = 0;
  private readonly block: ControlBlock;

  /** @throws SleeperError agent-not-ready, agent-version */
  constructor(
    private readonly session: GdbSession,
    private readonly place: AgentPlace,
    private readonly options: RecordingOptions,
  ) {
    this.block = readReadyBlock(place);
    forgetAbandoned(place, this.block);
  }

  /**
   * Takes a sample. An attached process runs on and stays attached; one that is not is attached to for the moment.
   * @param tid the thread to borrow, by its kernel id
   * @param atStop runs while the process stands still, before the sample
   * @returns null when the process has ended
   * @throws SleeperError gdb-*, agent-*
   */
  async poke(tid: number, stay: boolean, atStop: (() => Promise<void>) | null = null): Promise<Poke | null> {
    const { place } = this;
    const report = await this.ask(requestKind.sample, tid, stay, atStop);
    if (report.outcome.kind === 'processEnded') return null;
    if (report.outcome.kind !== 'returned')
      throw errors.agentBroken(place.pid, `it was cut short (${report.outcome.kind})`);
    const after = readControlBlock(place.memory, place.control);
    // One that is not stayed with may have been asked something else by another sleeper meanwhile.
    if (after.status === agentStatus.refused && isAnswerTo(this.servedBefore, after))
      throw errors.agentRefused(place.pid, after.reason);
    return { ...this.collect(after.recording), stoppedUs: report.stoppedUs };
  }

  /** Gives back the memory in the process. It is attached to, as `poke` with `stay` leaves it, or is for the moment. */
  async end(tid: number, attached: boolean): Promise<void> {
    await this.ask(requestKind.endRecording, tid, attached);
  }

  private async ask(
    kind: number,
    tid: number,
    attached: boolean,
    atStop: (() => Promise<void>) | null = null,
  ): Promise<CallReport> {
    const { session, place, block } = this;
    const prepare = (): void => this.request(kind);
    if (attached) {
      // Nobody else can be attached, so nobody else makes requests: this need not wait for the stop.
      prepare();
      if (atStop !== null) {
        await session.interrupt(tid);
        await atStop();
      }
      return session.poke(block, tid);
    }
    await session.aim(block);
    await session.attach(place.pid);
    await atStop?.();
    return session.call(block, { prepare, tid, then: 'detach' });
  }

  private request(kind: number): void {
    const { place, block, options } = this;
    this.servedBefore = readControlBlock(place.memory, place.control).served;
    writeSampling(place.memory, place.control, {
      id: this.id,
      bytes: BigInt(options.bytes),
      periodNs: BigInt(Math.round(options.periodMs * 1e6)),
      collected: BigInt(this.read),
      variablesOf: options.variablesOf ?? '',
    });
    writeRequest(place.memory, place.control, block, { kind, limits: variableLimits });
  }

  private collect(address: bigint): Pick<Poke, 'records' | 'dropped'> {
    const { memory, pid } = this.place;
    const header = memory.read(address, recordingSize);
    const field = (name: keyof typeof recordingLayout): bigint =>
      header.readBigUInt64LE(recordingLayout[name]);
    const length = Number(field('length'));
    if (field('id') !== this.id || length > Number(field('log_bytes')))
      throw errors.agentBroken(pid, 'its recording is another one');
    // All that was read before is gone as soon as the agent was told that it was read.
    const log = memory.read(field('log'), length);
    this.read = length;
    try {
      return { records: decodeLog(log), dropped: Number(field('dropped')) };
    } catch (error) {
      throw errors.agentBroken(pid, `its log cannot be read (${(error as Error).message})`);
    }
  }
}
