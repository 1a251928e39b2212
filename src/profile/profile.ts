import { z } from 'zod';
import { processInfo } from '../model/snapshot.js';

/** What a thread was doing when a sample was taken. */
export const threadStates = ['cpu', 'gil', 'idle'] as const;
/** cpu: it ran, or was ready to; gil: it waited for the GIL; idle: it waited for anything else. */
export type ThreadState = (typeof threadStates)[number];

/** Why a recording ended. Null: it was not ended in an orderly way, or is still being made. */
export const recordingEnd = z.enum(['duration', 'interrupted', 'exited', 'failed']).nullable();

/** How a recording was made: in every output. */
export const recordingMeta = z.strictObject({
  sleeperVersion: z.string(),
  process: processInfo,
  python: z.strictObject({ implementation: z.string(), version: z.string() }),
  startedAt: z.iso.datetime(),
  wallSeconds: z.number().describe('from the first poke to the last'),
  end: recordingEnd,
  wantedHz: z.number(),
  achievedHz: z.number(),
  samples: z.int().describe('pokes that gave a sample'),
  missed: z
    .int()
    .describe(
      'turns that were left out: an earlier poke was still under way, the process was stopped or traced by somebody else, or would have been stopped for too much of the time',
    ),
  dropped: z.int().describe('samples that the agent had no room for'),
  meanPauseUs: z.number().describe('for how long a poke stopped the process'),
  worstPauseUs: z.number(),
  stoppedShare: z.number().describe('the share of the time in which the process was stopped; 0 to 1'),
  warnings: z.array(z.string()),
});
export type RecordingMeta = z.infer<typeof recordingMeta>;

/** A place in the code. */
export interface ProfileFrame {
  /** The qualified name where the version of Python has it. Text of the target: not to be trusted. */
  readonly function: string;
  readonly file: string;
  /** Null: none is known, or lines are not told apart. */
  readonly line: number | null;
  /** A function of C, not of Python. */
  readonly native: boolean;
  /** A function of C of the interpreter itself. */
  readonly internal: boolean;
  /** What its variables were, "n=3, path='/slow'"; null: not recorded. Text of the target. */
  readonly variables: string | null;
}

/** A stack as a path from its outermost frame: `parent` is the index of the caller's node, -1 for none. */
export interface ProfileNode {
  /** Always smaller than the node's own index. */
  readonly parent: number;
  /** Index of `frames`. */
  readonly frame: number;
}

export interface ProfileThread {
  readonly pid: number;
  readonly tid: number | null;
  readonly name: string | null;
}

/** Samples of one thread in a row that found it with the same stack and in the same state. */
export interface ProfileSpan {
  /** Index of `threads`. */
  readonly thread: number;
  /** Index of `nodes`: the innermost frame. -1: no Python frame. */
  readonly node: number;
  readonly state: ThreadState;
  /** It held the GIL. */
  readonly holdsGil: boolean;
  /** How often it was found so. */
  readonly samples: number;
  /** Of the first of them and of the sample after the last one; milliseconds since the start. */
  readonly startMs: number;
  readonly endMs: number;
}

/** A recording, as the renderers want it. */
export interface Profile {
  readonly meta: RecordingMeta;
  readonly frames: readonly ProfileFrame[];
  readonly nodes: readonly ProfileNode[];
  readonly threads: readonly ProfileThread[];
  /** Ascending by `startMs`. */
  readonly spans: readonly ProfileSpan[];
}
