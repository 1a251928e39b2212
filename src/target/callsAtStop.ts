import { endsAtStop } from './callsEndedByStop.js';
import { firstToStop } from './firstToStop.js';
import { ThreadStates, type ThreadPlace } from './threadStates.js';

/** What the threads of a process were doing as it was stopped. */
export class CallsAtStop {
  private readonly states: ThreadStates;
  private lines: ReadonlyMap<number, string> = new Map();

  /** To be made before the process stands still: the files that are read then are opened here. */
  constructor(pid: number) {
    this.states = new ThreadStates(pid);
    this.look();
  }

  /** To be called while the process stands still. */
  look(): void {
    this.lines = new Map((this.states.tids() ?? []).map((tid) => [tid, this.states.line(tid) ?? '']));
  }

  /** What /proc/PID/task/TID/syscall said of a thread when `look` was called last; "" if it is gone. */
  line(tid: number): string {
    return this.lines.get(tid) ?? '';
  }

  /** The threads whose system calls the stop has ended, and which would have waited on without it. The kernel's ids. */
  ended(): number[] {
    return [...this.lines].flatMap(([tid, line]) => (endsAtStop(line) ? [tid] : []));
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
