import { z } from 'zod';

/** A process that could not be described: `code` is stable, `message` and `hint` are for people. */
export const processFailure = z.strictObject({
  pid: z.int(),
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }),
});

export type ProcessFailure = z.infer<typeof processFailure>;
