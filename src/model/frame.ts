import { z } from 'zod';
import { unreadable, value, variable } from './value.js';

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
    .describe('the locks of the with statements that the frame is in'),
  calledLocks: z
    .array(z.union([value, unreadable]))
    .optional()
    .describe(
      'of the innermost frame: all locks on its value stack, stale ones too; if it is blocked in acquire() or in entering a with statement, it waits for the one whose futex the thread waits on',
    ),
});

/** A frame, or what could be told in place of it. */
export const frameOrError = z.union([frame, unreadable]);

export type Frame = z.infer<typeof frame>;
