import { z } from 'zod';
import { profileDocument } from '../profile/profileDocument.js';
import { agentPresence } from './agentPresence.js';
import { doctorReport } from './doctor.js';
import { openFds } from './openFds.js';
import { processFailure } from './failure.js';
import { processListEntry } from './processList.js';
import { replAnswer } from './replAnswer.js';
import { snapshot } from './snapshot.js';
import { hangReport, watchEvent } from './watch.js';
import { whyReport } from './why.js';

/** Everything that `--json` prints, by the name of its file in docs/schema. */
const models = {
  doctor: { title: 'sleeper doctor --json', schema: doctorReport },
  dump: {
    title: 'sleeper dump --json: one process gives an object, several give an array',
    schema: z.union([snapshot, processFailure, z.array(z.union([snapshot, processFailure]))]),
  },
  fds: { title: 'sleeper fds --json', schema: z.union([openFds, processFailure]) },
  hang: { title: 'what sleeper watch writes of a hang', schema: hangReport },
  inject: { title: 'sleeper inject --json', schema: z.union([agentPresence, processFailure]) },
  profile: { title: 'sleeper report --format json', schema: profileDocument },
  ps: { title: 'sleeper ps --json', schema: z.array(processListEntry) },
  repl: {
    title: 'sleeper repl --json: one document for each command',
    schema: z.union([replAnswer, processFailure]),
  },
  watch: { title: 'sleeper watch --json: one line for each event', schema: watchEvent },
  why: {
    title: 'sleeper why --json: one process gives an object, several give an array',
    schema: z.union([whyReport, processFailure, z.array(z.union([whyReport, processFailure]))]),
  },
} as const;

/** The JSON Schemas (2020-12), as the texts of the files in docs/schema. */
export function jsonSchemas(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(models).map(([name, { title, schema }]) => {
      const json = { title, ...z.toJSONSchema(schema, { reused: 'ref' }) };
      return [`${name}.json`, `${JSON.stringify(json, null, 2)}\n`];
    }),
  );
}
