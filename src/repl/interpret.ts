import { errors, SleeperError } from '../errors.js';
import { replErrors } from '../replErrors.js';
import type { ReplAnswer } from '../model/replAnswer.js';
import { ProcessOver, type Call, type ReplContext } from './context.js';
import type { Outcome } from './outcome.js';
import { parseLine } from './parseLine.js';
import type { Verb } from './verb.js';

/** The person has interrupted a command: nothing failed. */
export class CommandInterrupted extends Error {
  override readonly name = 'CommandInterrupted';
}

/** What became of a command. */
export type Interpreted =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'done'; readonly outcome: Outcome; readonly verb: Verb }
  | { readonly kind: 'failed'; readonly error: SleeperError };

/**
 * Does what a line says.
 * @throws ProcessOver
 */
export async function interpret(
  context: ReplContext,
  verbs: readonly Verb[],
  line: string,
  call: Omit<Call, 'rest'>,
): Promise<Interpreted> {
  try {
    const parsed = parseLine(verbs, line);
    if (parsed === null) return { kind: 'nothing' };
    context.assertAlive();
    const { verb, rest } = parsed;
    return { kind: 'done', outcome: await verb.run(context, { ...call, rest }), verb };
  } catch (error) {
    if (error instanceof ProcessOver) throw error;
    if (error instanceof SleeperError) return { kind: 'failed', error };
    if (error instanceof CommandInterrupted)
      return { kind: 'failed', error: replErrors.commandInterrupted(context.paused) };
    if (call.signal.aborted) throw error;
    return { kind: 'failed', error: errors.unexpected(error) };
  }
}

/** The document of --json for a command. */
export function answerOf(
  command: string,
  interpreted: Exclude<Interpreted, { kind: 'nothing' }>,
): ReplAnswer {
  if (interpreted.kind === 'failed') {
    const { code, message, hint } = interpreted.error;
    return { command, ok: false, error: { code, message, hint } };
  }
  const { result, notes = [] } = interpreted.outcome;
  return { command, ok: true, result, ...(notes.length === 0 ? {} : { notes: [...notes] }) };
}
