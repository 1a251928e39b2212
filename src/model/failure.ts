import { z } from 'zod';

/** A process that could not be described: `code` is stable, `message` and `hint` are for people. */
export const processFailure = z.strictObject({
  pid: z.int(),
  parentPid: z.int().nullable().optional().describe('of one among others only, as are the next two'),
  command: z.string().optional().describe("the kernel's name of the process"),
  argv: z.array(z.string()).optional(),
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }),
});

export type ProcessFailure = z.infer<typeof processFailure>;
