import { z } from 'zod';
import { processInfo } from '../model/snapshot.js';
import { recordingEnd } from './profile.js';

/*
 * A recording on disk: lines of JSON, each written when it happens, so that what was recorded is not lost, however the
 * recording ends. The first line is an object (`recordingHead`), the last one too (`recordingTail`), if it was ended in
 * an orderly way. Between them are arrays, whose first element says what they are; frames, nodes and threads are
 * numbered from 0 in the order of their lines.
 */

export const recordingHead = z.strictObject({
  format: z.literal('sleeper recording'),
  formatVersion: z.literal(1),
  sleeperVersion: z.string(),
  process: processInfo,
  python: z.strictObject({ implementation: z.string(), version: z.string() }),
  startedAt: z.iso.datetime(),
  wantedHz: z.number().positive(),
});
export type RecordingHead = z.infer<typeof recordingHead>;

export const recordingTail = z.strictObject({
  end: recordingEnd,
  missed: z.int(),
  dropped: z.int(),
  warnings: z.array(z.string()),
});
export type RecordingTail = z.infer<typeof recordingTail>;

const index = z.int().nonnegative();
/** c: on a CPU; g: waits for the GIL; i: idle. A capital letter: holds the GIL. */
const stateLetter = z.enum(['c', 'C', 'g', 'G', 'i', 'I']);

/** A line between the first and the last. */
export const recordingLine = z.union([
  z
    .tuple([
      z.literal('frame'),
      z.string(),
      z.string(),
      z.int().nullable(),
      z.enum(['native', 'internal']).nullable().optional(),
      z.string().optional(),
    ])
    .describe(
      'function, file, line; if it is of C: not of the interpreter itself, or of it; its variables, if they were recorded',
    ),
  z.tuple([z.literal('node'), z.int().min(-1), index]).describe('node of the caller, -1: none; frame'),
  z.tuple([z.literal('thread'), z.int(), z.int().nullable()]).describe('pid, tid'),
  z.tuple([z.literal('name'), index, z.string()]).describe('thread, its name'),
  z
    .tuple([z.literal('dropped'), z.int().nonnegative()])
    .describe('a sample for which there was no room; microseconds that the process was stopped'),
  z
    .tuple([
      z.literal('sample'),
      z.number().nonnegative(),
      z.int().nonnegative(),
      z.array(z.tuple([index, z.int().min(-1), stateLetter])),
      z.array(index),
      z.int().optional(),
    ])
    .describe(
      'milliseconds since the start; microseconds that the process was stopped; the threads that are not as in the sample before: thread, node (-1: no Python frame), state; threads that are gone; the pid, if it is not the process of the first line but one below it',
    ),
]);
export type RecordingLine = z.infer<typeof recordingLine>;
export type StateLetter = z.infer<typeof stateLetter>;
