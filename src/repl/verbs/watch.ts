import { replErrors } from '../../replErrors.js';
import type { LiveValue } from '../../live/liveTarget.js';
import { styleOf } from '../../render/style.js';
import type { Call, ReplContext } from '../context.js';
import type { Outcome, View } from '../outcome.js';
import type { Verb } from '../verb.js';
import { ask, assertNotRaised, valueLines, valueOf } from './evaluate.js';

interface Sample {
  readonly at: string;
  readonly value: LiveValue;
}

export const watchUsage: Verb['usage'] = 'watch EXPR [every SECONDS] [times N]';

interface Wish {
  readonly source: string;
  readonly periodMs: number;
  readonly times: number;
}

function parse(rest: string): Wish {
  const [, source = '', every, times] =
    /^([^]*?)(?:\s+every\s+(\d*\.?\d+)\s*s?)?(?:\s+times\s+(\d+))?$/.exec(rest) ?? [];
  if (source === '') throw replErrors.verbUsage('What?', watchUsage);
  const periodMs = every === undefined ? 1000 : Math.max(50, Number(every) * 1000);
  return { source, periodMs, times: times === undefined ? Infinity : Number(times) };
}

function sampleLines({ at, value }: Sample, changed: boolean, view: View): string[] {
  const style = styleOf(view.colour);
  const [first = '', ...others] = valueLines(value, view);
  const time = style.faint(at.slice(11, 23));
  return [
    `${time}  ${changed ? style.notice(first) : first}`,
    ...others.map((line) => `              ${line}`),
  ];
}

/** The value of an expression, time and again. What has changed since the time before stands out. */
export async function watch(context: ReplContext, { rest, signal, show }: Call): Promise<Outcome> {
  const { source, periodMs, times } = parse(rest);
  if (show === null && times === Infinity)
    throw replErrors.verbUsage('As JSON it must be said how often.', watchUsage);
  const { evaluationMs: timeoutMs, now, sleep } = context.ports;
  const samples: Sample[] = [];
  let before: string | null = null;
  const over = (): boolean => signal.aborted;
  for (let taken = 0; taken < times; taken++) {
    if (taken > 0) await sleep(periodMs, signal);
    if (over()) break;
    const answer = await ask(context, signal, ({ live, frame }) =>
      live.evaluate({ frame, source, mode: 'expression', timeoutMs }, signal),
    );
    if (answer.kind === 'interrupted' && answer.by === 'signal') break;
    const evaluated = await valueOf(context, answer, signal);
    assertNotRaised(evaluated);
    if (evaluated.value === null) break;
    const sample = { at: new Date(now()).toISOString(), value: evaluated.value };
    const changed = before !== null && before !== sample.value.text;
    before = sample.value.text;
    if (show === null) samples.push(sample);
    else show((view) => sampleLines(sample, changed, view));
  }
  return { result: { kind: 'samples', samples }, lines: () => [] };
}
