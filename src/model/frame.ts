import { z } from 'zod';
import { address, unreadable, value, variable } from './value.js';

/** A pool of threads, or of processes of Celery, as a frame of its own knows it. */
const pool = z.strictObject({
  queue: address.describe('what the work is kept in: the same in all threads of a pool'),
  most: z
    .int()
    .nullable()
    .describe(
      'how many threads or processes the pool may have; null: that is not known, or the work may end by a time limit',
    ),
  work: z
    .array(z.union([z.string(), z.int()]))
    .optional()
    .describe(
      'what is yet to be begun: the addresses of the Futures of concurrent.futures, the numbers of the jobs of multiprocessing.pool, the ids of the tasks of Celery, which in a pool of threads follow the Future that each is; told of one frame with this queue only',
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
    .describe('the locks and semaphores of the with and async with statements that the frame is in'),
  globalLocks: z
    .array(z.union([value, unreadable]))
    .optional()
    .describe(
      'the locks and semaphores that globals are which the function names, or that such an object has in an attribute',
    ),
  containedLocks: z
    .array(address)
    .optional()
    .describe(
      'the locks that are locked, and the semaphores, that are elements of a dict, a list or a tuple which such a global or attribute is, or attributes of an element; of the first 128',
    ),
  calledLocks: z
    .array(z.union([value, unreadable]))
    .optional()
    .describe(
      'of the innermost frame: all locks on its value stack, stale ones too; if it is blocked in acquire() or in entering a with statement, it waits for the one whose futex the thread waits on',
    ),
  pool: pool.optional().describe('of the own frames of a pool'),
  future: address
    .optional()
    .describe(
      'of a worker of a pool of concurrent.futures: the Future that it works on, if that is not done yet',
    ),
  awaits: z
    .strictObject({
      futures: z
        .array(address)
        .describe('what it waits for; where that is all of them, those that are not done'),
      all: z.boolean().describe('false: one of them may be enough'),
      futuresTruncated: z.strictObject({ shown: z.int(), total: z.int() }).optional(),
    })
    .optional()
    .describe('of wait() and as_completed() of concurrent.futures'),
  job: z
    .union([z.int(), z.string()])
    .nullable()
    .optional()
    .describe(
      'of a wait for a result: the number of the job of multiprocessing.pool, the id of the task of Celery',
    ),
});

/** A frame, or what could be told in place of it. */
export const frameOrError = z.union([frame, unreadable]);

export type Frame = z.infer<typeof frame>;
