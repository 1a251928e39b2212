import { replErrors } from '../../replErrors.js';
import type { Evaluated, FrameReference, LiveAnswer, LiveTarget, LiveValue } from '../../live/liveTarget.js';
import type { ReplResult } from '../../model/replAnswer.js';
import { escapeUntrusted } from '../../render/escape.js';
import { styleOf } from '../../render/style.js';
import { nativeText } from '../../render/nativeFunctions.js';
import { threadLabel } from '../../render/threadStatus.js';
import { count } from '../../render/units.js';
import type { ReplContext } from '../context.js';
import { untrustedLines, type Outcome, type View } from '../outcome.js';

/** What a question needs: the session, and the chosen frame. */
interface Place {
  readonly live: LiveTarget;
  readonly frame: FrameReference | null;
}

/** The first version in which sys._current_frames() harms frames of other interpreters; live.py asks there, too. */
const harmsFramesOfOthers = 0x030c0000;

/** The frame in which something is to be evaluated. @throws SleeperError frame-gone, several-interpreters */
export async function chosenFrame(context: ReplContext, signal: AbortSignal): Promise<FrameReference | null> {
  const { python, interpreters } = await context.snapshot(signal);
  const frame = context.looking.frameReference();
  if (frame !== null && interpreters.length > 1 && python.hexVersion >= harmsFramesOfOthers)
    throw replErrors.severalInterpreters(context.ports.pid);
  if (frame === 'unknown') {
    throw replErrors.frameGone(
      'the stack of the thread was too deep to be read whole, so it cannot be found again.',
    );
  }
  return frame;
}

/** Who has the GIL just now, as a person would say it. */
async function gilHolder(context: ReplContext, signal: AbortSignal): Promise<string | null> {
  const { threads } = await context.refresh(signal);
  const holder = threads.find(({ gil }) => gil === 'holds');
  if (holder === undefined) return null;
  const frame = holder.python?.frames[0];
  const label = `thread ${threadLabel(holder)}`;
  if (frame === undefined || 'error' in frame) return label;
  const { inspector } = context.ports;
  const native = holder.tid === null ? [] : await inspector.nativeFunctions(holder.tid, signal);
  const where = `${frame.qualifiedName ?? frame.function} (${frame.file}:${frame.line ?? '?'})`;
  return `${label}, in ${where}${nativeText(native)}`;
}

/** The value of an answer; every other end of a question is an error. @throws SleeperError */
export async function valueOf<T>(
  context: ReplContext,
  answer: LiveAnswer<T>,
  signal: AbortSignal,
): Promise<T> {
  switch (answer.kind) {
    case 'answer':
      return answer.value;
    case 'gone':
      throw replErrors.frameGone(answer.reason);
    case 'noGil':
      throw replErrors.noGil(await gilHolder(context, signal));
    case 'interrupted':
      throw replErrors.evaluationInterrupted(answer.by, context.ports.evaluationMs);
    case 'stuck':
      throw replErrors.evaluationStuck(answer.tid);
    case 'over':
      await context.liveIsOver();
      throw replErrors.liveOver(answer.reason);
  }
}

/** Asks in the chosen frame. */
export async function ask<T>(
  context: ReplContext,
  signal: AbortSignal,
  question: (place: Place) => Promise<LiveAnswer<T>>,
): Promise<LiveAnswer<T>> {
  const frame = await chosenFrame(context, signal);
  const live = await context.liveTarget(signal);
  return question({ live, frame });
}

/** A variable of that name, as it is in memory. */
async function frozen(
  context: ReplContext,
  name: string,
  reason: string,
  signal: AbortSignal,
): Promise<LiveValue | null> {
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) return null;
  const local = context.looking.frame?.variables?.find((variable) => variable.name === name);
  const module = context.looking.frame?.module;
  const find = async () => {
    const { modules } = await context.snapshot(signal, { globals: true });
    const globals = modules?.find((each) => each.name === module)?.globals;
    return globals?.find((variable) => variable.name === name);
  };
  const found = local ?? (await find());
  if (found === undefined) return null;
  if ('error' in found) return null;
  return { text: found.repr, type: found.type, how: 'raw', reason };
}

export function movedNote({ moved, line }: Pick<Evaluated, 'moved' | 'line'>): string[] {
  if (!moved) return [];
  return [`The frame has moved on since it was shown${line === null ? '' : `: it is at line ${line} now`}.`];
}

export function valueLines(value: LiveValue, { colour }: View): string[] {
  const style = styleOf(colour);
  const lines = untrustedLines(value.text);
  const shown = Array.from(value.text).length;
  if (value.total !== undefined && value.total > shown)
    lines.push(style.faint(`… ${count(shown)} of ${count(value.total)} characters shown`));
  if (value.how === 'raw' && value.reason !== undefined)
    lines.push(style.faint(`[not its repr(): ${escapeUntrusted(value.reason)}]`));
  return lines;
}

function valueOutcome(value: LiveValue, line: number | null, moved: boolean, notes: string[]): Outcome {
  const result: ReplResult = { kind: 'value', value, line, moved };
  return { result, lines: (view) => valueLines(value, view), notes };
}

/** @throws SleeperError raised */
export function assertNotRaised({ exception }: Evaluated): void {
  if (exception !== null) throw replErrors.raised(exception.type, exception.message);
}

/** `p` and `pp`: by the process's own code if it can be had, else, for a plain name, from memory. */
export async function print(
  context: ReplContext,
  source: string,
  pretty: boolean,
  signal: AbortSignal,
): Promise<Outcome> {
  if (context.paused) {
    await context.snapshot(signal);
    const value = await frozen(context, source, 'the process is paused', signal);
    if (value === null) throw replErrors.pausedProcess(context.ports.pid);
    return valueOutcome(value, null, false, []);
  }
  const { evaluationMs: timeoutMs } = context.ports;
  const answer = await ask(context, signal, ({ live, frame }) =>
    live.evaluate({ frame, source, mode: 'expression', pretty, timeoutMs }, signal),
  );
  if (answer.kind === 'noGil') {
    const holder = await gilHolder(context, signal);
    const reason = `the GIL was not to be had${holder === null ? '' : `; it is held by ${holder}`}`;
    const value = await frozen(context, source, reason, signal);
    if (value === null) throw replErrors.noGil(holder);
    return valueOutcome(value, null, false, []);
  }
  const evaluated = await valueOf(context, answer, signal);
  assertNotRaised(evaluated);
  const { value, line, moved } = evaluated;
  if (value === null) throw replErrors.raised('SyntaxError', 'not an expression');
  return valueOutcome(value, line, moved, movedNote(evaluated));
}

/** `!STATEMENT`, after the person has agreed. */
export async function execute(context: ReplContext, source: string, signal: AbortSignal): Promise<Outcome> {
  if (context.paused) throw replErrors.pausedProcess(context.ports.pid);
  if (!context.mayChange) {
    const { confirm, pid } = context.ports;
    if (confirm === null) throw replErrors.statementRefused();
    const question = `This runs in process ${pid} and may change it. Statements are not asked for again. Go on?`;
    if (!(await confirm(question)))
      return { result: { kind: 'message', text: 'Not done.' }, lines: () => ['Not done.'] };
    context.mayChange = true;
  }
  const { evaluationMs: timeoutMs } = context.ports;
  const answer = await ask(context, signal, ({ live, frame }) =>
    live.evaluate({ frame, source, mode: 'statement', timeoutMs }, signal),
  );
  // Whatever became of it, what was seen before may be wrong now.
  context.outdate();
  const evaluated = await valueOf(context, answer, signal);
  assertNotRaised(evaluated);
  const { line, moved } = evaluated;
  return { result: { kind: 'statement', line, moved }, lines: () => [], notes: movedNote(evaluated) };
}

/** `whatis EXPR` */
export async function describe(context: ReplContext, source: string, signal: AbortSignal): Promise<Outcome> {
  const { evaluationMs: timeoutMs } = context.ports;
  const answer = await ask(context, signal, ({ live, frame }) =>
    live.describe({ frame, source, mode: 'expression', timeoutMs }, signal),
  );
  const described = await valueOf(context, answer, signal);
  const { type, module, where, signature, doc } = described;
  const bare = module === null || module === 'builtins' || type.startsWith(`${module}.`);
  const named = bare ? type : `${module}.${type}`;
  const lines = [
    named + (signature ?? ''),
    ...(where === null ? [] : [`defined in ${where}`]),
    ...(doc === null ? [] : [doc]),
  ];
  return { result: { kind: 'description', ...described }, lines: () => lines.map(escapeUntrusted) };
}
