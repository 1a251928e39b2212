import { z } from 'zod';

/** One thing that `sleeper doctor` has looked at. */
export const doctorCheck = z.strictObject({
  subject: z.string().describe('what was looked at: "gdb", "user", "agent"'),
  status: z
    .enum(['ok', 'note', 'warning', 'problem'])
    .describe('note: good to know; warning: in the way of some things; problem: in the way of all'),
  message: z.string(),
  cure: z.string().nullable().describe('what can be done about it'),
  code: z.string().nullable().describe('of a problem: the error code that commands fail with'),
  exitCode: z.int().nullable().describe('of a problem: the exit code of such a command'),
});

/** What `sleeper doctor --json` prints. */
export const doctorReport = z.strictObject({
  schemaVersion: z.literal(1),
  sleeperVersion: z.string(),
  works: z.boolean().describe('there is no problem'),
  machine: z.array(doctorCheck),
  process: z
    .strictObject({
      pid: z.int(),
      command: z.string(),
      python: z.string().nullable().describe('the version'),
      libc: z.enum(['glibc', 'musl']).nullable().describe('null: neither, or this user may not see it'),
      loading: z
        .enum(['not needed', 'file', 'memory'])
        .nullable()
        .describe('how the agent would come into it; null: it cannot'),
      borrowedThread: z.int().nullable().describe('the thread that a look now would borrow'),
      checks: z.array(doctorCheck),
      commands: z.array(z.string()).describe('the commands that would work on it'),
    })
    .nullable()
    .describe('null: none was named'),
});

export type DoctorCheck = z.infer<typeof doctorCheck>;
export type DoctorReport = z.infer<typeof doctorReport>;
