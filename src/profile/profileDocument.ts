import { z } from 'zod';
import { recordingMeta, threadStates } from './profile.js';

const stateCounts = z
  .strictObject({
    cpu: z.int().describe('ran, or was ready to'),
    gil: z.int().describe('waited for the GIL'),
    idle: z.int().describe('waited for anything else'),
  })
  .describe('samples, by what the thread was doing');

const self = stateCounts.describe('samples that found it innermost');

/** A recording for programs to read. Lists refer to each other by index. */
export const profileDocument = z.strictObject({
  schemaVersion: z.literal(1),
  meta: recordingMeta,
  threads: z.array(
    z.strictObject({
      pid: z.int(),
      tid: z.int().nullable(),
      name: z.string().nullable(),
      samples: stateCounts,
    }),
  ),
  functions: z
    .array(
      z.strictObject({
        function: z.string(),
        file: z.string(),
        native: z.boolean().describe('of C, not of Python'),
        busiestLine: z
          .int()
          .nullable()
          .describe('where it was found innermost most often; null: never, or lines are not known'),
        self,
        total: stateCounts.describe('samples that found it on the stack, however often it was there'),
      }),
    )
    .describe('those found innermost most often come first'),
  frames: z.array(
    z.strictObject({
      function: z.string(),
      file: z.string(),
      line: z.int().nullable(),
      native: z.boolean(),
      internal: z.boolean().describe('of C, of the interpreter itself'),
      variables: z.string().nullable().describe('what they were; null: not recorded'),
    }),
  ),
  nodes: z
    .array(
      z.strictObject({
        parent: z.int().describe('the node of the caller, always an earlier one; -1: it is the outermost'),
        frame: z.int(),
        self,
        total: stateCounts.describe('samples that found it, or what it called'),
      }),
    )
    .describe('the call tree: a node is a stack, named by its innermost frame'),
  spans: z
    .array(
      z.strictObject({
        thread: z.int(),
        node: z.int().describe('-1: no Python frame'),
        state: z.enum(threadStates),
        holdsGil: z.boolean(),
        samples: z.int(),
        startMs: z.number().describe('since the recording began'),
        endMs: z.number(),
      }),
    )
    .describe('samples of a thread in a row that did not differ, by their start'),
});

export type ProfileDocument = z.infer<typeof profileDocument>;
