import { z } from 'zod';

/** A Python process in the list of `sleeper ps`. */
export const processListEntry = z.strictObject({
  pid: z.int(),
  containerPid: z
    .int()
    .optional()
    .describe('its id in the pid namespace that it runs in, where that is another, as in a container'),
  parentPid: z.int(),
  user: z.string(),
  implementation: z.string().describe('"CPython", "PyPy", ...'),
  version: z.string().nullable().describe('"3.11.7" where it can be had, else "3.11"'),
  cpuMs: z.number().describe('user and system time since its start'),
  startedAt: z.iso.datetime(),
  residentBytes: z.int(),
  threads: z.int(),
  agent: z.boolean().nullable().describe('libsleeper.so is loaded; null: this user may not see that'),
  argv: z.array(z.string()),
  command: z.string().describe("the kernel's name of the process"),
});

export type ProcessListEntry = z.infer<typeof processListEntry>;
