import { z } from 'zod';

/** Whether the agent is in a process: what `sleeper inject --json` prints. */
export const agentPresence = z.strictObject({
  schemaVersion: z.literal(1),
  pid: z.int(),
  loaded: z.boolean(),
  state: z.enum(['absent', 'ready', 'no CPython found', 'unsupported']),
  path: z.string().nullable().describe('of the library, as the process knows it'),
  version: z.string().nullable(),
  reason: z.string().nullable().describe('why it does not serve the process'),
});

export type AgentPresence = z.infer<typeof agentPresence>;
