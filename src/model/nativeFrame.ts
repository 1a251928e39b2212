import { z } from 'zod';

/** A function of C, C++, Rust that a thread is in. */
export const nativeFrame = z.strictObject({
  function: z.string().describe('an address where no name is known'),
  file: z.string().nullable().describe('the program or library; null: code that is in no file'),
  internal: z.boolean().describe('of the interpreter itself: says nothing to who does not know its source'),
  caller: z
    .int()
    .nullable()
    .describe(
      'index in python.frames of the innermost frame outside of it; null: there is none, or that is not known',
    ),
});

export type NativeFrame = z.infer<typeof nativeFrame>;
