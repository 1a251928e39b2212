import type { ReplAnswer } from '../model/replAnswer.js';
import { ProcessOver, type ReplContext } from './context.js';
import { answerOf, CommandInterrupted, interpret, type Interpreted } from './interpret.js';
import { isIncomplete } from './incomplete.js';
import type { Input, LineSource } from './lineSource.js';
import type { View } from './outcome.js';
import { findVerb, parseLine } from './parseLine.js';
import type { Verb } from './verb.js';

type Lines = (view: View) => readonly string[];

/** Where the answers go. */
export interface Printer {
  /** While a command goes on. Null where one document says it all at the end. */
  readonly show: ((lines: Lines) => void) | null;
  /** What became of a command; for a person or as JSON. */
  answer(answer: ReplAnswer, interpreted: Exclude<Interpreted, { kind: 'nothing' }>): Promise<void>;
}

/** How the loop ended. */
export interface ReplEnd {
  /** A command failed. */
  readonly failed: boolean;
  readonly processOver: boolean;
}

export interface ReplOptions {
  readonly verbs: readonly Verb[];
  readonly source: LineSource;
  readonly printer: Printer;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** Is told how the command under way is interrupted; null: there is none. */
  readonly onCommand?: (interrupt: (() => void) | null) => void;
}

const lookEveryMs = 500;

export function promptOf({ ports, paused }: ReplContext): string {
  return `(sleeper ${ports.pid}${paused ? ' paused' : ''}) `;
}

/** Reads on until the command is whole. Null: it was given up. */
async function whole(first: string, { verbs, source }: ReplOptions): Promise<string | null> {
  if (!source.continues) return first;
  const word = /^\s*(!|[A-Za-z_]\w*)/.exec(first)?.[1] ?? '';
  const verb = findVerb(verbs, word);
  if (verb?.takes !== 'python') return first;
  const start = first.indexOf(word) + word.length;
  let text = first;
  while (isIncomplete(text.slice(start).trimStart(), verb.name === '!')) {
    const input = await source.next('... ');
    if (input.kind === 'interrupted') return null;
    if (input.kind === 'end') break;
    text += `\n${input.text}`;
  }
  return text;
}

/** The next line. At a terminal, where nobody may type one for long, the end of the process ends the waiting, too. */
async function nextInput(context: ReplContext, { source }: ReplOptions): Promise<Input> {
  if (!source.interactive) return source.next(promptOf(context));
  context.assertAlive();
  const look = setInterval(() => {
    if (!context.ports.inspector.alive()) source.close();
  }, lookEveryMs);
  try {
    const input = await source.next(promptOf(context));
    if (input.kind === 'end') context.assertAlive();
    return input;
  } finally {
    clearInterval(look);
  }
}

/** What an empty line means: the last `list`, `up` or `down`, as in pdb. */
function repeated(context: ReplContext, options: ReplOptions, last: Verb | null): string {
  return options.source.interactive && last?.repeats === true ? last.name : '';
}

async function one(context: ReplContext, line: string, options: ReplOptions): Promise<Interpreted> {
  const interrupted = new AbortController();
  options.onCommand?.(() => interrupted.abort(new CommandInterrupted()));
  try {
    const signal = AbortSignal.any([options.signal, interrupted.signal]);
    return await interpret(context, options.verbs, line, { signal, show: options.printer.show });
  } finally {
    options.onCommand?.(null);
  }
}

/**
 * Reads commands and does them, until they end, or the process does. Leaves the process as it was.
 * @throws the reason of `signal` when it is aborted
 */
export async function repl(context: ReplContext, options: ReplOptions): Promise<ReplEnd> {
  const { source, printer, signal, verbs } = options;
  const close = (): void => source.close();
  signal.addEventListener('abort', close);
  let failed = false;
  let last: Verb | null = null;
  try {
    while (!context.over) {
      signal.throwIfAborted();
      const input = await nextInput(context, options);
      signal.throwIfAborted();
      if (input.kind === 'end') break;
      if (input.kind === 'interrupted') continue;
      const typed: string | null =
        input.text.trim() === '' ? repeated(context, options, last) : await whole(input.text, options);
      if (typed === null) continue;
      const interpreted = await one(context, typed, options);
      signal.throwIfAborted();
      if (interpreted.kind === 'nothing') continue;
      last = interpreted.kind === 'done' ? interpreted.verb : lastOf(verbs, typed, last);
      failed ||= interpreted.kind === 'failed';
      await printer.answer(answerOf(typed, interpreted), interpreted);
    }
    return { failed, processOver: false };
  } catch (error) {
    if (error instanceof ProcessOver) return { failed: true, processOver: true };
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
    source.close();
    await context.letGo();
  }
}

/** The verb of a command that failed: `up` at the end of the stack can be repeated as well. */
function lastOf(verbs: readonly Verb[], typed: string, before: Verb | null): Verb | null {
  try {
    return parseLine(verbs, typed)?.verb ?? before;
  } catch {
    return null;
  }
}
