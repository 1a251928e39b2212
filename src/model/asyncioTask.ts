import { z } from 'zod';
import { frameOrError } from './frame.js';
import { address, unreadable } from './value.js';

/** A task of asyncio that is not done. */
export const asyncioTask = z.strictObject({
  interpreter: z.int(),
  address,
  type: z.string().describe('"Task", or the name of a subclass'),
  name: z.string().nullable().describe('Task.get_name(); tasks have names from CPython 3.8 on'),
  coroutine: z
    .string()
    .nullable()
    .describe('the qualified name of what it runs; null for one that is not written in Python'),
  loop: address.describe('of the event loop'),
  ident: z
    .int()
    .nullable()
    .describe('threading.get_ident() of the thread that runs the loop; null: none does, or none is known to'),
  running: z.boolean().describe('it runs now: its frames are those of the thread'),
  waitsFor: z
    .strictObject({
      address,
      type: z.string(),
      task: z.boolean(),
      state: z.enum(['pending', 'cancelled', 'finished']),
    })
    .nullable()
    .describe('the future or task that it awaits; null: it runs, or will as soon as the loop comes to it'),
  awaited: z
    .boolean()
    .describe('something comes to pass when it is done; false: nobody awaits it, or learns of its exception'),
  completes: z
    .array(address)
    .describe(
      'the pending futures that its end sets: those that gather(), wait(), wait_for(), shield() and a TaskGroup wait for',
    ),
  timeout: z.boolean().describe('one of its frames is inside of an `async with timeout()`'),
  created: z
    .array(z.strictObject({ function: z.string(), file: z.string(), line: z.int().nullable() }))
    .optional()
    .describe('where it was created, innermost first; known in the debug mode of asyncio'),
  frames: z
    .array(frameOrError)
    .describe('what it is suspended in, innermost first: of coroutines each of which awaits the next'),
  framesTruncated: z.strictObject({ shown: z.int() }).optional(),
});

/** A task, or what could be told in place of it. */
export const asyncioTaskOrError = z.union([asyncioTask, unreadable]);

export type AsyncioTask = z.infer<typeof asyncioTask>;
