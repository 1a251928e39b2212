/** Profiles made by hand, for the tests of what is done with them. */
import {
  threadStates,
  type Profile,
  type ProfileFrame,
  type ProfileNode,
  type ProfileSpan,
  type ProfileThread,
  type RecordingMeta,
  type ThreadState,
} from '../../src/profile/profile.js';

/** A span that knows its thread and its stack by themselves, not by their index. */
export interface TestSpan {
  readonly thread: string | null;
  readonly state: ThreadState;
  readonly holdsGil?: boolean;
  /** Outermost first. */
  readonly stack: readonly ProfileFrame[];
  readonly samples: number;
}

/** There is a sample this often. */
const periodMs = 10;
const firstTid = 4242;

export function aProfileFrame(name: string, more: Partial<ProfileFrame> = {}): ProfileFrame {
  return {
    function: name,
    file: '/srv/app/worker.py',
    line: null,
    native: false,
    internal: false,
    variables: null,
    ...more,
  };
}

export function aRecordingMeta(more: Partial<RecordingMeta> = {}): RecordingMeta {
  return {
    sleeperVersion: '0.1.0',
    process: {
      pid: firstTid,
      parentPid: 1,
      user: 'app',
      command: 'python3',
      executable: '/usr/bin/python3.11',
      argv: ['python3', 'worker.py', '--port', '8000'],
      workingDirectory: '/srv/app',
      startedAt: '2025-03-01T11:57:00.000Z',
      residentBytes: 31_000_000,
    },
    python: { implementation: 'CPython', version: '3.11.7' },
    startedAt: '2025-03-01T12:00:00.000Z',
    wallSeconds: 1,
    end: 'duration',
    wantedHz: 100,
    achievedHz: 100,
    samples: 100,
    missed: 0,
    dropped: 0,
    meanPauseUs: 80,
    worstPauseUs: 310,
    stoppedShare: 0.008,
    warnings: [],
    ...more,
  };
}

/** `work:12` -> the function work, at line 12. */
function frameOf(text: string): ProfileFrame {
  const [, name = '', line] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  return aProfileFrame(name, { line: line === undefined ? null : Number(line) });
}

/**
 * `main;cpu+gil;outer:3;inner:12 5`: five samples found the thread "main" on the CPU, with the GIL, in inner, which
 * outer called. With no frame, `main;idle 5`, it had no Python frame.
 */
function spanOf(line: string): TestSpan {
  const [, text = '', samples] = /^(.*) (\d+)$/.exec(line) ?? [];
  const [thread = '', state = '', ...stack] = text.split(';');
  const [word, gil] = state.split('+');
  const known = threadStates.find((each) => each === word);
  if (known === undefined || samples === undefined) throw new Error(`not a span: ${line}`);
  return {
    thread,
    state: known,
    holdsGil: gil === 'gil',
    stack: stack.map(frameOf),
    samples: Number(samples),
  };
}

/** Indexes for values, each value once. */
class Interned<Value> {
  readonly values: Value[] = [];
  private readonly known = new Map<string, number>();

  index(value: Value): number {
    const key = JSON.stringify(value);
    const index = this.known.get(key) ?? this.values.push(value) - 1;
    this.known.set(key, index);
    return index;
  }
}

/** A profile of these spans. Those of one thread follow each other; each thread begins with the recording. */
export function aProfile(spans: readonly (string | TestSpan)[], more: Partial<RecordingMeta> = {}): Profile {
  const frames = new Interned<ProfileFrame>();
  const nodes = new Interned<ProfileNode>();
  const names = new Interned<string | null>();
  const samplesOf: number[] = [];
  const built = spans.map((each): ProfileSpan => {
    const {
      thread,
      state,
      holdsGil = false,
      stack,
      samples,
    } = typeof each === 'string' ? spanOf(each) : each;
    let node = -1;
    for (const frame of stack) node = nodes.index({ parent: node, frame: frames.index(frame) });
    const index = names.index(thread);
    const before = samplesOf[index] ?? 0;
    samplesOf[index] = before + samples;
    return {
      thread: index,
      node,
      state,
      holdsGil,
      samples,
      startMs: before * periodMs,
      endMs: (before + samples) * periodMs,
    };
  });
  const threads = names.values.map((name, index): ProfileThread => ({
    pid: firstTid,
    tid: firstTid + index,
    name,
  }));
  const samples = Math.max(0, ...samplesOf);
  return {
    meta: aRecordingMeta({ samples, wallSeconds: (samples * periodMs) / 1000, ...more }),
    frames: frames.values,
    nodes: nodes.values,
    threads,
    spans: built.sort((a, b) => a.startMs - b.startMs),
  };
}

/** Names that would break a format, a terminal or a page, if they were not escaped. */
export const hostileNames = [
  'a;b\n\u001b[31m',
  '</script><script>alert(1)</script>',
  '\ud800 lone \udc00',
  '',
  ' 12',
  'f 12',
  '"\'\\`&<>',
  '\u202eesrever\u202c',
  '\0\r\t\u0085\u2028',
] as const;

/** What no output may have in a name: controls, marks that reorder text, halves of characters. */
export const unsafeCharacters = /[\0-\x1f\x7f-\x9f\u2028-\u202e\p{Cs}]/u;

/** The same numbers in every run. */
export function* pseudoRandom(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1103515245 + 12345) % 2147483648;
    yield state / 2147483648;
  }
}
