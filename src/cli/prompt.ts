import type inquirer from 'inquirer';
import { Interrupted, interruptedExitCode } from './interrupted.js';

type PromptModule = ReturnType<(typeof inquirer)['createPromptModule']>;

/**
 * Asks a person at the terminal, by inquirer. Not on stdout: that may be a file.
 * @throws Interrupted on Ctrl-C
 */
export async function prompted<T>(ask: (prompt: PromptModule) => Promise<T>): Promise<T> {
  const { createPromptModule } = (await import('inquirer')).default;
  try {
    return await ask(createPromptModule({ output: process.stderr }));
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError')
      throw new Interrupted(interruptedExitCode);
    throw error;
  }
}
