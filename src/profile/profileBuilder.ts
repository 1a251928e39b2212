import type {
  Profile,
  ProfileFrame,
  ProfileNode,
  ProfileSpan,
  ProfileThread,
  RecordingMeta,
  ThreadState,
} from './profile.js';
import type { RecordingHead, RecordingLine, RecordingTail, StateLetter } from './recordingFile.js';

/** What the samples of one process say of themselves. */
interface Process {
  /** With those that gave no sample. */
  pokes: number;
  samples: number;
  firstMs: number;
  lastMs: number;
  stoppedUs: number;
}

interface OpenSpan {
  readonly process: Process;
  readonly node: number;
  readonly letter: StateLetter;
  readonly startMs: number;
  readonly firstSample: number;
}

const states: Readonly<Record<string, ThreadState>> = { c: 'cpu', g: 'gil', i: 'idle' };

/** Puts the lines of a recording together; in constant time for each thread that changed. */
export class ProfileBuilder {
  private readonly frames: ProfileFrame[] = [];
  private readonly nodes: ProfileNode[] = [];
  private readonly threads: { pid: number; tid: number | null; name: string | null }[] = [];
  private readonly spans: ProfileSpan[] = [];
  private readonly open = new Map<number, OpenSpan>();
  /** By pid; null: the one that the recording is of. The others are below it. */
  private readonly processes = new Map<number | null, Process>();
  private worstPauseUs = 0;

  /** @throws RangeError when the line speaks of what no line before it has told of */
  add(line: RecordingLine): void {
    switch (line[0]) {
      case 'frame':
        this.frames.push({
          ...{ function: line[1], file: line[2], line: line[3] },
          ...{ native: (line[4] ?? null) !== null, internal: line[4] === 'internal' },
          variables: line[5] ?? null,
        });
        break;
      case 'node':
        known(line[1], this.nodes.length, 'node', -1);
        known(line[2], this.frames.length, 'frame');
        this.nodes.push({ parent: line[1], frame: line[2] });
        break;
      case 'thread':
        this.threads.push({ pid: line[1], tid: line[2], name: null });
        break;
      case 'name':
        this.thread(line[1]).name = line[2];
        break;
      case 'dropped':
        this.pause(this.process(null), line[1]);
        break;
      case 'sample':
        this.sample(line);
    }
  }

  /** The whole of it. Tail null: the recording was not ended in an orderly way. */
  profile(head: RecordingHead, tail: RecordingTail | null): Profile {
    const main = this.process(null);
    const wallMs = main.lastMs - main.firstMs;
    const periodMs = main.samples > 1 ? wallMs / (main.samples - 1) : 1000 / head.wantedHz;
    for (const [thread, { process }] of this.open) this.close(thread, process.lastMs + periodMs);
    this.spans.sort((a, b) => a.startMs - b.startMs || a.thread - b.thread);
    const { frames, nodes, threads, spans } = this;
    return { meta: this.meta(head, tail, main, periodMs), frames, nodes, threads, spans };
  }

  private meta(
    head: RecordingHead,
    tail: RecordingTail | null,
    { pokes, samples, firstMs, lastMs, stoppedUs }: Process,
    periodMs: number,
  ): RecordingMeta {
    const { sleeperVersion, process, python, startedAt, wantedHz } = head;
    const wallMs = lastMs - firstMs;
    const unfinished =
      'The recording was not ended in an orderly way: what follows is what had been written.';
    return {
      ...{ sleeperVersion, process, python, startedAt, wantedHz },
      wallSeconds: wallMs / 1000,
      end: tail?.end ?? null,
      achievedHz: samples > 1 ? 1000 / periodMs : 0,
      samples,
      missed: tail?.missed ?? 0,
      dropped: tail?.dropped ?? 0,
      meanPauseUs: pokes === 0 ? 0 : stoppedUs / pokes,
      worstPauseUs: this.worstPauseUs,
      stoppedShare: wallMs > 0 ? stoppedUs / 1000 / wallMs : 0,
      warnings: tail === null ? [unfinished] : tail.warnings,
    };
  }

  private sample([, ms, stoppedUs, changed, gone, pid]: Extract<
    RecordingLine,
    ['sample', ...unknown[]]
  >): void {
    const process = this.process(pid ?? null);
    if (process.samples === 0) process.firstMs = ms;
    else if (ms < process.lastMs) throw new RangeError('the samples are not in the order of time');
    process.lastMs = ms;
    this.pause(process, stoppedUs);
    for (const thread of gone) this.close(thread, ms);
    for (const [thread, node, letter] of changed) {
      this.thread(thread);
      known(node, this.nodes.length, 'node', -1);
      this.close(thread, ms);
      this.open.set(thread, { process, node, letter, startMs: ms, firstSample: process.samples });
    }
    process.samples++;
  }

  private pause(process: Process, stoppedUs: number): void {
    process.pokes++;
    process.stoppedUs += stoppedUs;
    this.worstPauseUs = Math.max(this.worstPauseUs, stoppedUs);
  }

  private process(pid: number | null): Process {
    let process = this.processes.get(pid);
    if (process === undefined) {
      process = { pokes: 0, samples: 0, firstMs: 0, lastMs: 0, stoppedUs: 0 };
      this.processes.set(pid, process);
    }
    return process;
  }

  private close(thread: number, endMs: number): void {
    const span = this.open.get(thread);
    if (span === undefined) return;
    this.open.delete(thread);
    const { process, node, letter, startMs, firstSample } = span;
    const lower = letter.toLowerCase();
    this.spans.push({
      ...{ thread, node, startMs, endMs },
      state: states[lower] ?? 'idle',
      holdsGil: letter !== lower,
      samples: process.samples - firstSample,
    });
  }

  private thread(index: number): { name: string | null } & ProfileThread {
    known(index, this.threads.length, 'thread');
    return this.threads[index] as ProfileThread;
  }
}

function known(index: number, count: number, what: string, least = 0): void {
  if (index < least || index >= count) throw new RangeError(`there is no ${what} ${index} yet`);
}
