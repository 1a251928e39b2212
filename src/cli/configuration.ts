import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { errors } from '../errors.js';

/** $XDG_CONFIG_HOME/sleeper/config.json; every member may be left out. */
const configuration = z.strictObject({
  inject: z
    .enum(['ask', 'always', 'never'])
    .default('ask')
    .describe(
      'whether the agent is loaded into a process that runs without it; "ask" asks on a terminal only',
    ),
});

export type Configuration = z.infer<typeof configuration>;

/**
 * The user's configuration; the defaults where there is no file.
 * @throws SleeperError bad-configuration
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  const base = env['XDG_CONFIG_HOME'] ?? '';
  const path = join(base === '' ? join(env['HOME'] ?? homedir(), '.config') : base, 'sleeper', 'config.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return configuration.parse({});
  }
  try {
    return configuration.parse(JSON.parse(text));
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const reason = issue === undefined ? (error as Error).message : [...issue.path, issue.message].join(': ');
    throw errors.badConfiguration(path, reason);
  }
}
