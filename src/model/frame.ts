import { z } from 'zod';
import { address, unreadable, value, variable } from './value.js';

/** A thread pool, as a frame of one of its threads knows it. */
const pool = z.strictObject({
  queue: address.describe('where the work comes from: the same in all threads of a pool'),
  most: z.int().nullable().describe('how many threads the pool may have; null: this frame does not tell'),
  work: z
    .array(z.union([address, z.int()]))
    .optional()
    .describe(
      'what is yet to be begun: the Futures of concurrent.futures, the numbers of the jobs of multiprocessing.pool; told of one frame with this queue only',
    ),
  workTruncated: z.strictObject({ shown: z.int(), total: z.int() }).optional(),
});

/** One Python frame. */
export const frame = z.strictObject({
  function: z.string(),
  qualifiedName: z.string().optional().describe('from CPython 3.11 on'),
  file: z.string(),
  line: z.int().nullable().describe('null where the code has no line for the instruction'),
  endLine: z.int().optional(),
  column: z.int().optional().describe('0-based, in bytes of UTF-8, as CPython stores it; from 3.11 on'),
  endColumn: z.int().optional(),
  module: z.string().nullable().describe('__name__ of the frame’s globals'),
  entry: z.boolean().describe('was called from C: the next frame out has a native frame between'),
  variables: z.array(variable).optional(),
  variablesTruncated: z.strictObject({ shown: z.int(), total: z.int() }).optional(),
  stackLocks: z
    .array(z.union([value, unreadable]))
    .optional()
    .describe('the locks of the with and async with statements that the frame is in'),
  calledLocks: z
    .array(z.union([value, unreadable]))
    .optional()
    .describe(
      'of the innermost frame: all locks on its value stack, stale ones too; if it is blocked in acquire() or in entering a with statement, it waits for the one whose futex the thread waits on',
    ),
  pool: pool.optional().describe('of the own frames of a thread pool'),
  job: z.int().optional().describe('of a wait for a result of multiprocessing.pool: the number of the job'),
});

/** A frame, or what could be told in place of it. */
export const frameOrError = z.union([frame, unreadable]);

export type Frame = z.infer<typeof frame>;
