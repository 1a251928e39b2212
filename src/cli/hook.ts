import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a command of the user's in a shell, whose output goes where ours goes.
 * @param quiet standard output is for something else: to standard error with it
 * @returns what has failed, in words; null: nothing
 */
export async function runHook(
  command: string,
  env: Readonly<Record<string, string>>,
  quiet: boolean,
): Promise<string | null> {
  const child = spawn('/bin/sh', ['-c', command], {
    stdio: ['ignore', quiet ? 2 : 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (code === 0) return null;
    return `The command of --exec ${signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`}.`;
  } catch (error) {
    return `The command of --exec could not be started: ${(error as Error).message}`;
  }
}
