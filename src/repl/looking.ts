import type { Frame } from '../model/agentReport.js';
import type { ReplFrame, ReplThread } from '../model/replAnswer.js';
import type { Snapshot, Thread } from '../model/snapshot.js';
import { frameReference } from '../live/frameReference.js';
import type { FrameReference } from '../live/liveTarget.js';

type FrameOrError = NonNullable<Thread['python']>['frames'][number];

/** What stays the same of a thread from snapshot to snapshot. */
function keyOf({ tid, python }: Thread): string {
  return python === null ? `tid ${tid ?? '?'}` : `ident ${python.ident}`;
}

/** The chosen frame, as it is found again in a later snapshot. */
interface ChosenFrame {
  readonly depth: number;
  readonly function: string;
  readonly file: string;
}

/**
 * The snapshot that is looked at, and the chosen thread and frame in it. Threads have numbers, as in gdb: the first
 * is 1, and no number is given twice.
 */
export class Looking {
  private current: Snapshot | null = null;
  private readonly numbers = new Map<string, number>();
  private nextNumber = 1;
  private chosenThread: string | null = null;
  private chosenFrame = 0;

  get snapshot(): Snapshot {
    if (this.current === null) throw new Error('nothing has been looked at');
    return this.current;
  }

  get isEmpty(): boolean {
    return this.current === null;
  }

  /** A new snapshot. The thread stays chosen if it is still there, and so does the frame. */
  look(snapshot: Snapshot): void {
    const before = this.current === null ? null : this.frameIdentity();
    this.current = snapshot;
    for (const thread of snapshot.threads) {
      const key = keyOf(thread);
      if (!this.numbers.has(key)) this.numbers.set(key, this.nextNumber++);
    }
    const there = snapshot.threads.some((thread) => keyOf(thread) === this.chosenThread);
    if (!there) {
      const first = mainThread(snapshot);
      this.chosenThread = first === undefined ? null : keyOf(first);
    }
    this.chosenFrame = there ? this.findAgain(before) : 0;
  }

  /** Null in a process of which no thread could be read. */
  get thread(): Thread | null {
    return this.snapshot.threads.find((thread) => keyOf(thread) === this.chosenThread) ?? null;
  }

  get frames(): readonly FrameOrError[] {
    return this.thread?.python?.frames ?? [];
  }

  get frameNumber(): number {
    return this.chosenFrame;
  }

  /** Null where there is none, or where it could not be read. */
  get frame(): Frame | null {
    const frame = this.frames[this.chosenFrame];
    return frame === undefined || 'error' in frame ? null : frame;
  }

  chooseThread(thread: Thread): void {
    this.chosenThread = keyOf(thread);
    this.chosenFrame = 0;
  }

  chooseFrame(number: number): void {
    this.chosenFrame = number;
  }

  numberOf(thread: Thread): number {
    return this.numbers.get(keyOf(thread)) ?? 0;
  }

  /**
   * The chosen frame as the live tier finds it; null: there is none, so that `__main__` is meant. 'unknown': how many
   * frames are further out is not known.
   */
  frameReference(): FrameReference | 'unknown' | null {
    const python = this.thread?.python ?? null;
    if (python === null) return null;
    if (python.framesTruncated !== undefined && this.frame !== null) return 'unknown';
    return frameReference(python.ident, this.frames, this.chosenFrame);
  }

  describeThread(thread: Thread): ReplThread {
    const { tid, gil, kernel, python } = thread;
    return {
      number: this.numberOf(thread),
      current: keyOf(thread) === this.chosenThread,
      tid,
      ident: python?.ident ?? null,
      name: python?.name ?? kernel?.name ?? null,
      gil,
      kernel,
    };
  }

  describeFrame(number: number): ReplFrame | null {
    const frame = this.frames[number];
    return frame === undefined ? null : { number, ...frame };
  }

  private frameIdentity(): ChosenFrame | null {
    const { frame } = this;
    if (frame === null) return null;
    return {
      depth: this.frames.length - 1 - this.chosenFrame,
      function: frame.function,
      file: frame.file,
    };
  }

  private findAgain(before: ChosenFrame | null): number {
    if (before === null || this.chosenFrame === 0) return 0;
    const number = this.frames.length - 1 - before.depth;
    const frame = this.frames[number];
    const same =
      frame !== undefined &&
      !('error' in frame) &&
      frame.function === before.function &&
      frame.file === before.file;
    return same ? number : 0;
  }
}

function mainThread({ threads, process }: Snapshot): Thread | undefined {
  return (
    threads.find(({ tid, python }) => tid === process.pid && python !== null) ??
    threads.find(({ python }) => python !== null) ??
    threads[0]
  );
}
