import type { ThreadRun } from '../target/threadRuns.js';

/** Of the time that passes, what a thread may run that wakes up only to wait for the same lock again. */
const mostOfRestless = 0.01;

/**
 * Has a thread come no further? It has not run at all; or hardly, and sleeps at the same place on the same lock as
 * before: who waits for the GIL wakes up every 5 ms to ask for it.
 */
function stands(before: ThreadRun, now: ThreadRun, passedMs: number): boolean {
  if (now.runNs === before.runNs) return true;
  const ranMs = (now.runNs - before.runNs) / 1e6;
  return (
    isWhere(before, now) &&
    now.futex === before.futex &&
    now.futex !== null &&
    ranMs < passedMs * mostOfRestless
  );
}

function isWhere(before: ThreadRun, now: ThreadRun): boolean {
  return now.place !== null && now.place === before.place;
}

interface Standing {
  readonly run: ThreadRun;
  /** For how long it has come no further. */
  readonly forMs: number;
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
        return [tid, { run, forMs: 0, known: false }];
      return [tid, { run, forMs: before.forMs + Math.min(gapMs, this.mostGapMs), known: before.known }];
    });
    this.threads = new Map(entries);
  }

  /** For how long a thread has stood, in milliseconds; 0 for one that is not there. */
  forMs(tid: number): number {
    return this.threads.get(tid)?.forMs ?? 0;
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
