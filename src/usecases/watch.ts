import { setTimeout as pause } from 'node:timers/promises';
import { statSync } from 'node:fs';
import { asSleeperError } from '../errors.js';
import type { HangReport, WatchEvent } from '../model/watch.js';
import { duration } from '../render/units.js';
import { tryReadProc } from '../target/procFile.js';
import { parseStat } from '../target/stat.js';
import { readThreadRuns, type ThreadRun } from '../target/threadRuns.js';
import { hangIn, sameStacks, type Hang } from '../watch/hang.js';
import { Heartbeat } from '../watch/heartbeat.js';
import { Standstill } from '../watch/standstill.js';
import { dump } from './dump.js';
import type { Turn } from './oneAtATime.js';
import { selectThreads } from './selectThreads.js';
import { lookWhy, type Look, type WhyOptions } from './why.js';

export interface WatchOptions extends Omit<WhyOptions, 'turn'> {
  /** Of several processes that are watched, when one may be looked into: one gdb at a time is enough. */
  readonly lookTurn: Turn;
  /** For so long there must be no progress. */
  readonly hangMs: number;
  /** The thread whose progress counts, by id or name; undefined: the main thread. */
  readonly watchedThread?: string | undefined;
  /** A file that the program touches, whose change alone counts as progress. */
  readonly heartbeat?: string | undefined;
  /** Waiting for work is a hang, too. */
  readonly strict: boolean;
  /** Told what happens; of a hang, what is to be written of it. */
  readonly onEvent: (event: Told) => Promise<void>;
}

/** What is told of a watch. Who writes a hang down adds where to. */
export type Told =
  | Exclude<WatchEvent, { event: 'hang' }>
  | { readonly event: 'hang'; readonly pid: number; readonly at: string; readonly report: HangReport };

type Outcome<T> = T extends unknown ? Omit<T, 'pid' | 'at'> : never;

/** A tenth of what is waited for is precise enough, and more often than this nobody needs it. */
function intervalOf(hangMs: number): number {
  return Math.min(2000, Math.max(20, hangMs / 10));
}

/** Until the threads sleep again where they were interrupted; those that never sleep for long are not waited for. */
const settlingMs = { step: 20, most: 500 };

/** For so long a process may take to end. */
const dyingMs = 300;

/** More than the second for which `sleeper why` lets a thread keep the GIL. */
const confirmAfterMs = 1500;

/** Null: it is not there, or may not be seen. */
function changedAt(path: string): number | null {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return null;
  }
}

class Watch {
  private readonly intervalMs: number;
  private readonly standstill: Standstill;
  private readonly heartbeat: Heartbeat;
  /** When the process was started: with its id, that tells it from a later one. */
  private readonly startedMs: number | null;
  /** The hang that was told, as long as it lasts. */
  private hang: Hang | null = null;
  private lookNotBeforeMs = 0;

  constructor(
    private readonly pid: number,
    private readonly options: WatchOptions,
  ) {
    this.intervalMs = intervalOf(options.hangMs);
    const mostGapMs = this.intervalMs * 3;
    this.standstill = new Standstill(options.hangMs, mostGapMs);
    this.heartbeat = new Heartbeat(mostGapMs);
    this.startedMs = this.started();
  }

  async run(): Promise<void> {
    const watched = await this.begin();
    for (;;) {
      await this.pause(this.intervalMs);
      const runs = this.runs();
      if (runs === null) return this.tell({ event: 'ended', message: `Process ${this.pid} has ended.` });
      this.see(runs);
      if (this.options.watchedThread !== undefined && watched !== null && !runs.has(watched))
        return this.tell({ event: 'ended', message: `Thread ${watched} has ended.` });
      if (this.hang === null) await this.lookIfDue(watched);
      else await this.tellProgress(this.hang);
    }
  }

  /** Loads the agent, and sees that the process can be looked into, while all is well. */
  private async begin(): Promise<number | null> {
    const { watchedThread: thread, heartbeat } = this.options;
    const snapshot = await this.options.lookTurn(() =>
      dump(this.pid, { ...this.options, locals: false, globals: false, fds: false }),
    );
    const [chosen] = thread === undefined ? [] : selectThreads(snapshot, thread).threads;
    const tid = heartbeat !== undefined ? null : (chosen?.tid ?? this.pid);
    await this.tell({ event: 'watching', tid });
    return tid;
  }

  private async lookIfDue(watched: number | null): Promise<void> {
    const { hangMs } = this.options;
    const isSilent = this.options.heartbeat !== undefined && this.heartbeat.silentMs >= hangMs;
    if (!(isSilent || this.standstill.hasNews) || performance.now() < this.lookNotBeforeMs) return;
    try {
      const found = isSilent ? await this.silence() : await this.confirmed(watched);
      if (found === null) return;
      this.hang = found.hang;
      await this.tell({ event: 'hang', report: this.reportOf(found) });
    } catch (error) {
      this.options.signal.throwIfAborted();
      if (this.runs() === null) return;
      this.lookNotBeforeMs = performance.now() + hangMs;
      const { message, hint } = asSleeperError(error);
      await this.tell({ event: 'problem', message: `${message} ${hint}` });
    }
  }

  private async silence(): Promise<Found> {
    const look = await this.look();
    const what = `the heartbeat ${this.options.heartbeat ?? ''} was not touched for ${duration(this.heartbeat.silentMs)}`;
    return { look, hang: { reason: `no progress: ${what}\n${look.report.text}`, tids: [] } };
  }

  /** A hang that two looks agree on. */
  private async confirmed(watched: number | null): Promise<Found | null> {
    const { strict, hangMs } = this.options;
    const judge = (look: Look): Hang | null => hangIn(look, this.standstill, { watched, strict });
    const first = await this.look();
    if (judge(first) === null) {
      this.options.log(`threads stand still, but it is no hang: ${first.report.text}`);
      return null;
    }
    await this.pause(Math.min(confirmAfterMs, hangMs));
    const runs = this.runs();
    if (runs === null) return null;
    this.see(runs);
    const second = await this.look();
    const hang = judge(second);
    // The first look is told: it says for how long threads have waited, which it has itself interrupted.
    return hang === null || !sameStacks(first, second, hang.tids) ? null : { look: first, hang };
  }

  private async look(): Promise<Look> {
    this.lookNotBeforeMs = performance.now() + this.options.hangMs / 3;
    const look = await this.options.lookTurn(() => lookWhy(this.pid, this.options));
    this.standstill.lookedInto();
    await this.settle();
    return look;
  }

  /** Until the threads are back where they were interrupted. */
  private async settle(): Promise<void> {
    const end = performance.now() + settlingMs.most;
    const clock = (): string => JSON.stringify([...(this.runs() ?? [])].map(([, { runNs }]) => runNs));
    for (let before = ''; ;) {
      const now = clock();
      if (now === before || performance.now() > end) break;
      before = now;
      await this.pause(settlingMs.step);
    }
    this.standstill.seeAfterStop(this.runs() ?? new Map(), performance.now());
  }

  private async tellProgress({ tids }: Hang): Promise<void> {
    const goesOn =
      this.options.heartbeat !== undefined && tids.length === 0
        ? this.heartbeat.silentMs < this.options.hangMs
        : tids.some((tid) => this.standstill.forMs(tid) < this.options.hangMs);
    if (!goesOn) return;
    // Who is being killed runs, too.
    await this.pause(dyingMs);
    if (this.runs() === null) return;
    this.hang = null;
    await this.tell({ event: 'progress' });
  }

  private see(runs: ReadonlyMap<number, ThreadRun>): void {
    const now = performance.now();
    this.standstill.see(runs, now);
    const { heartbeat } = this.options;
    if (heartbeat !== undefined) this.heartbeat.see(changedAt(heartbeat), now);
  }

  /** Null: the process has ended. */
  private runs(): Map<number, ThreadRun> | null {
    const runs = readThreadRuns(this.pid);
    return this.started() === this.startedMs ? runs : null;
  }

  private started(): number | null {
    const line = tryReadProc(`/proc/${this.pid}/stat`);
    return line === null ? null : parseStat(line).startedMs;
  }

  private reportOf({ hang, look }: Found): HangReport {
    const { reason, tids } = hang;
    return {
      schemaVersion: 1,
      pid: this.pid,
      reason,
      tids: [...tids],
      why: look.report,
      dump: look.snapshot,
    };
  }

  private async pause(ms: number): Promise<void> {
    const { signal } = this.options;
    await pause(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
  }

  private tell(event: Outcome<Told>): Promise<void> {
    return this.options.onEvent({ ...event, pid: this.pid, at: new Date().toISOString() });
  }
}

interface Found {
  readonly hang: Hang;
  readonly look: Look;
}

/**
 * Stays by a process until it ends, and tells each time that it hangs. It is left alone but for a look at the
 * beginning, and when threads stand still.
 * @throws SleeperError when it cannot be looked into at the beginning; the reason of the signal
 */
export function watch(pid: number, options: WatchOptions): Promise<void> {
  return new Watch(pid, options).run();
}
