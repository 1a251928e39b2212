import type { ThreadRun } from '../target/threadRuns.js';

/** Of the time that passes, what a thread may run that wakes up only to wait for the same lock again. */
const mostOfRestless = 0.01;

/**
 * Has a thread come no further? It has not run at all; or hardly, and sleeps at the same place on the same lock as
 * before: who waits for the GIL wakes up every 5 ms to ask for it. Should it do so just now, the next time will tell.
 */
function stands(before: ThreadRun, now: ThreadRun, passedMs: number): boolean {
  if (now.runNs === before.runNs) return true;
  if (before.futex === null || now.runNs - before.runNs > passedMs * 1e6 * mostOfRestless) return false;
  return now.place === null || (isWhere(before, now) && now.futex === before.futex);
}

function isWhere(before: ThreadRun, now: ThreadRun): boolean {
  return now.place !== null && now.place === before.place;
}

interface Standing {
  readonly run: ThreadRun;
  /** For how long it has come no further. */
  readonly forMs: number;
  /** It has run in that time, if hardly. */
  readonly restless: boolean;
  /** It stood already when the process was last looked into. */
  readonly known: boolean;
}

/** Which threads of a process have come no further for how long, by what is seen of them now and then. */
export class Standstill {
  private threads = new Map<number, Standing>();
  private seenAtMs: number | null = null;

  /**
   * @param longMs for so long a thread must stand
   * @param mostGapMs more time than this between two looks does not count: this machine, or this program, was asleep
   */
  constructor(
    private readonly longMs: number,
    private readonly mostGapMs: number,
  ) {}

  /** @param atMs by a clock that goes on steadily */
  see(runs: ReadonlyMap<number, ThreadRun>, atMs: number): void {
    this.take(runs, atMs, stands);
  }

  /**
   * The same after the process was stopped for a look: a thread that waits where it waited has run, but only to begin
   * its system call anew.
   */
  seeAfterStop(runs: ReadonlyMap<number, ThreadRun>, atMs: number): void {
    this.take(runs, atMs, isWhere);
  }

  private take(runs: ReadonlyMap<number, ThreadRun>, atMs: number, same: typeof stands): void {
    const gapMs = atMs - (this.seenAtMs ?? atMs);
    this.seenAtMs = atMs;
    const entries = [...runs].map(([tid, run]): [number, Standing] => {
      const before = this.threads.get(tid);
      if (before === undefined || !same(before.run, run, gapMs))
        return [tid, { run, forMs: 0, restless: false, known: false }];
      const at = run.place === null ? { ...before.run, runNs: run.runNs } : run;
      const forMs = before.forMs + Math.min(gapMs, this.mostGapMs);
      const restless = before.restless || (same === stands && run.runNs !== before.run.runNs);
      return [tid, { run: at, forMs, restless, known: before.known }];
    });
    this.threads = new Map(entries);
  }

  /** For how long a thread has stood, in milliseconds; 0 for one that is not there. */
  forMs(tid: number): number {
    return this.threads.get(tid)?.forMs ?? 0;
  }

  /** Has it run, if hardly, while it stood? Who waits for the GIL does so. */
  isRestless(tid: number): boolean {
    return this.threads.get(tid)?.restless ?? false;
  }

  stateOf(tid: number): string | null {
    return this.threads.get(tid)?.run.state ?? null;
  }

  has(tid: number): boolean {
    return this.threads.has(tid);
  }

  /** The threads that have stood for long. */
  standing(): ReadonlySet<number> {
    return new Set(this.long().map(([tid]) => tid));
  }

  /** Does a thread stand for long that did not when the process was last looked into? */
  get hasNews(): boolean {
    return this.long().some(([, { known }]) => !known);
  }

  /** The process was looked into: what stands now is known. */
  lookedInto(): void {
    for (const [tid, standing] of this.long()) this.threads.set(tid, { ...standing, known: true });
  }

  private long(): [number, Standing][] {
    return [...this.threads].filter(([, { forMs }]) => forMs >= this.longMs);
  }
}
