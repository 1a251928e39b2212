import { z } from 'zod';

/** What live.py answers, as JSON. It comes from the target, so it is checked. The types are those of liveTarget.ts. */
const liveValue = z.object({
  text: z.string(),
  type: z.string(),
  how: z.enum(['repr', 'raw']),
  reason: z.string().exactOptional(),
  total: z.int().exactOptional(),
});

export const evaluated = z.object({
  value: liveValue.nullable(),
  exception: z.object({ type: z.string(), message: z.string(), traceback: z.string() }).nullable(),
  line: z.int().nullable(),
  moved: z.boolean(),
});

export const described = z.object({
  type: z.string(),
  module: z.string().nullable(),
  where: z.string().nullable(),
  signature: z.string().nullable(),
  doc: z.string().nullable(),
});

export const names = z.array(z.string());

export const frameVariables = z.array(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('variables'), values: z.record(z.string(), liveValue) }),
    z.object({ kind: z.literal('moved'), reason: z.string() }),
  ]),
);

/** Around each of them. */
export const envelope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), value: z.unknown() }),
  z.object({ kind: z.literal('gone'), reason: z.string() }),
]);
