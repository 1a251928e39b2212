import { z } from 'zod';
import { snapshot } from './snapshot.js';
import { whyReport } from './why.js';

/** What `sleeper watch` writes of a hang into its file. */
export const hangReport = z.strictObject({
  schemaVersion: z.literal(1),
  pid: z.int(),
  reason: z.string().describe('why it is taken for a hang, in words'),
  tids: z.array(z.int()).describe('the threads that stand still; none: the heartbeat'),
  why: whyReport,
  dump: snapshot.nullable().describe('null: the process must not be touched, and `why` says why'),
});

const common = { pid: z.int(), at: z.iso.datetime() };

/** One line of `sleeper watch --json`. */
export const watchEvent = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('watching'),
    ...common,
    tid: z.int().nullable().describe('the thread whose progress counts; null: that of the heartbeat does'),
  }),
  z.strictObject({
    event: z.literal('hang'),
    ...common,
    reason: z.string(),
    tids: z.array(z.int()),
    text: z.string().nullable().describe('the file with the verdict and the dump; null: not written'),
    json: z.string().nullable().describe('the same as JSON'),
  }),
  z.strictObject({ event: z.literal('progress'), ...common }),
  z.strictObject({
    event: z.literal('problem'),
    ...common,
    message: z.string().describe('what has failed; the watch goes on'),
  }),
  z.strictObject({ event: z.literal('ended'), ...common, message: z.string() }),
]);

export type HangReport = z.infer<typeof hangReport>;
export type WatchEvent = z.infer<typeof watchEvent>;
