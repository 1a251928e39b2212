import { SleeperError } from '../errors.js';
import { replErrors } from '../replErrors.js';
import type { LiveTarget } from '../live/liveTarget.js';
import type { Snapshot } from '../model/snapshot.js';
import type { SourceOf } from '../render/context.js';
import type { Inspector, Wanted } from './inspector.js';
import { Looking } from './looking.js';
import type { View } from './outcome.js';
import type { Recorded, Recorder, RecordingWish } from './recorder.js';

/** What the REPL gets from outside; tests give another one. */
export interface Ports {
  readonly pid: number;
  readonly inspector: Inspector;
  readonly openLive: (signal: AbortSignal) => Promise<LiveTarget>;
  readonly record: Recorder;
  readonly sourceOf: (snapshot: Snapshot) => SourceOf;
  /** Writes a file whole or not at all. @throws SleeperError */
  readonly writeFile: (path: string, text: string) => void;
  readonly now: () => number;
  /** Waits; ends at once when the signal comes. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** For one evaluation. */
  readonly evaluationMs: number;
  /** Asks a person; null where there is none. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
  /** Statements need not be asked for. */
  readonly yes: boolean;
}

/** The process ended: so does the REPL. */
export class ProcessOver extends Error {
  override readonly name = 'ProcessOver';
}

/** What one command has to work with. */
export interface Call {
  /** What stands behind the verb. */
  readonly rest: string;
  /** Aborted by Ctrl-C, and by the end of everything. */
  readonly signal: AbortSignal;
  /** Shows lines before the command is over. Null where all is shown at its end. */
  readonly show: ((lines: (view: View) => readonly string[]) => void) | null;
}

/** Where a `list` goes on. */
export interface ListPosition {
  readonly file: string;
  readonly next: number;
}

/** All that lasts from command to command. */
export class ReplContext {
  readonly looking = new Looking();
  listed: ListPosition | null = null;
  /** The person has agreed to statements. */
  mayChange: boolean;
  /** `quit` was said. */
  over = false;
  private live: LiveTarget | null = null;
  /** Something has happened since the snapshot that makes it wrong. */
  private outdated = true;

  constructor(readonly ports: Ports) {
    this.mayChange = ports.yes;
  }

  get paused(): boolean {
    return this.ports.inspector.paused;
  }

  /** The snapshot that is looked at; taken now, where there is none or it is known to be wrong. */
  async snapshot(signal: AbortSignal, wanted: Wanted = { globals: false }): Promise<Snapshot> {
    const { looking } = this;
    const enough = !looking.isEmpty && (!wanted.globals || looking.snapshot.modules !== undefined);
    if (this.outdated || !enough) await this.refresh(signal, wanted);
    return looking.snapshot;
  }

  /** How long ago the snapshot was taken. */
  ageMs(): number {
    return this.looking.isEmpty ? 0 : this.ports.now() - Date.parse(this.looking.snapshot.takenAt);
  }

  async refresh(signal: AbortSignal, wanted: Wanted = { globals: false }): Promise<Snapshot> {
    const snapshot = await this.noticingTheEnd(this.ports.inspector.refresh(wanted, signal));
    this.look(snapshot);
    return snapshot;
  }

  async pause(signal: AbortSignal): Promise<void> {
    this.look(await this.noticingTheEnd(this.ports.inspector.pause(signal)));
  }

  async resume(): Promise<void> {
    await this.ports.inspector.resume();
    this.outdate();
  }

  /** What gdb prints to a command of its own. */
  async gdb(command: string, signal: AbortSignal): Promise<string> {
    const { paused } = this;
    try {
      return await this.noticingTheEnd(this.ports.inspector.gdb(command, signal));
    } finally {
      if (paused && !this.paused) this.outdate();
    }
  }

  /** The next command that needs a snapshot takes a new one. */
  outdate(): void {
    this.outdated = true;
  }

  /**
   * The session in the process; opened when it is first needed.
   * @throws SleeperError
   */
  async liveTarget(signal: AbortSignal): Promise<LiveTarget> {
    if (this.paused) throw replErrors.pausedProcess(this.ports.pid);
    this.live ??= await this.noticingTheEnd(this.ports.openLive(signal));
    return this.live;
  }

  /**
   * Samples the process for a while. A session that is open in it stays open.
   * @throws SleeperError; the reason of `stop`
   */
  record(wish: RecordingWish, stop: AbortSignal): Promise<Recorded> {
    if (this.paused) throw replErrors.pausedProcess(this.ports.pid);
    return this.noticingTheEnd(this.ports.record(wish, stop));
  }

  /** A session is open in the process. */
  get isLive(): boolean {
    return this.live !== null;
  }

  /** The session says itself that it is over. */
  async liveIsOver(): Promise<void> {
    await this.closeLive();
    this.assertAlive();
  }

  async closeLive(): Promise<void> {
    const { live } = this;
    this.live = null;
    await live?.close();
  }

  /** Nothing of sleeper's is left in the process. */
  async letGo(): Promise<void> {
    // A paused process could not answer to the end of the session.
    await this.ports.inspector.letGo();
    await this.closeLive();
    this.outdate();
  }

  /** @throws ProcessOver */
  assertAlive(): void {
    if (!this.ports.inspector.alive()) throw new ProcessOver();
  }

  private look(snapshot: Snapshot): void {
    this.looking.look(snapshot);
    this.listed = null;
    this.outdated = false;
  }

  /** A failure that comes of the process's end is told as that. */
  private async noticingTheEnd<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof SleeperError) this.assertAlive();
      throw error;
    }
  }
}
