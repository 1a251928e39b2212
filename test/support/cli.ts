import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { User } from './command.js';
import { sleeper } from './target.js';

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Runs bin/sleeper to its end; `input` is all of its standard input. */
export async function runSleeper(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string; cwd?: string; program?: string; user?: User } = {},
): Promise<CliResult> {
  const child = spawn(options.program ?? sleeper, args, {
    // CI: some packages take it for a wish for colours.
    env: { ...process.env, CI: 'true', NO_COLOR: '', FORCE_COLOR: '', COLUMNS: '', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.user,
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, out, err };
}
