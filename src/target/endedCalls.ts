import { endsAtStop } from './callsEndedByStop.js';
import { firstToStop } from './firstToStop.js';
import { ThreadStates, type ThreadPlace } from './threadStates.js';

/** Finds the threads of a process whose system calls a stop has ended, and which would have waited on without it. */
export class EndedCalls {
  private readonly states: ThreadStates;

  /** To be made before the process stands still: the files that are read then are opened here. */
  constructor(pid: number) {
    this.states = new ThreadStates(pid);
    this.tids();
  }

  /** To be called while the process stands still. The kernel's ids. */
  tids(): number[] {
    return (this.states.tids() ?? []).filter((tid) => endsAtStop(this.states.line(tid) ?? ''));
  }

  /** See `firstToStop`. To be called while the process runs. */
  firstToStop(): number {
    const places = (this.states.tids() ?? []).map((tid) => [tid, this.states.read(tid)] as const);
    return firstToStop(
      this.states.pid,
      new Map(
        places.flatMap(([tid, place]): [number, ThreadPlace][] => (place === null ? [] : [[tid, place]])),
      ),
    );
  }

  close(): void {
    this.states.close();
  }
}
