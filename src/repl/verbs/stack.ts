import { replErrors } from '../../replErrors.js';
import type { ReplContext } from '../context.js';
import type { Outcome } from '../outcome.js';
import type { Verb } from '../verb.js';
import { frameLines, placeOutcome, renderContextOf, threadLines } from './place.js';
import { plural } from '../../render/units.js';

const btUsage = 'bt [full] [N]';

/** The frames that `bt N` shows: the N innermost, or, of a negative number, outermost. */
function range(wanted: number | null, total: number): [start: number, end: number] {
  if (wanted === null) return [0, total];
  return wanted >= 0 ? [0, Math.min(wanted, total)] : [Math.max(0, total + wanted), total];
}

async function bt(context: ReplContext, rest: string, signal: AbortSignal): Promise<Outcome> {
  const [, full, number] = /^(full|f\b)?\s*(-?\d+)?$/.exec(rest) ?? [];
  if (rest !== '' && full === undefined && number === undefined)
    throw replErrors.verbUsage(`bt takes "full" and a number, not "${rest}".`, btUsage);
  await context.snapshot(signal);
  const { looking } = context;
  const { thread, frames } = looking;
  if (thread === null) return placeOutcome(context, true);
  const [start, end] = range(number === undefined ? null : Number(number), frames.length);
  const shown = frames.slice(start, end);
  const truncated = thread.python?.framesTruncated;
  return {
    result: {
      kind: 'stack',
      thread: looking.describeThread(thread),
      total: frames.length,
      frames: shown.flatMap((_, index) => looking.describeFrame(start + index) ?? []),
    },
    lines: (view) => {
      const rendered = renderContextOf(context, view);
      const lines = shown.flatMap((frame, index) => {
        const at = start + index;
        const mark = at === looking.frameNumber ? '> ' : '  ';
        return frameLines(frame, at, mark, full !== undefined, rendered);
      });
      if (frames.length === 0) lines.push('  no Python frames');
      const left = frames.length - shown.length;
      if (left > 0) lines.push(`  … ${plural(left, 'more frame')}`);
      if (truncated !== undefined) lines.push('  … the stack goes on: its outer frames were not read');
      return [...threadLines(context, thread, rendered), ...lines];
    },
  };
}

async function frame(context: ReplContext, rest: string, signal: AbortSignal): Promise<Outcome> {
  if (!/^\d*$/.test(rest)) throw replErrors.verbUsage(`"${rest}" is not the number of a frame.`, 'frame [N]');
  await context.snapshot(signal);
  const { looking } = context;
  if (rest !== '') choose(context, Number(rest));
  else if (looking.frames.length === 0) throw replErrors.noSuchFrame(0, 0);
  return placeOutcome(context, false);
}

function choose(context: ReplContext, number: number): void {
  const { looking } = context;
  if (number >= looking.frames.length) throw replErrors.noSuchFrame(number, looking.frames.length);
  looking.chooseFrame(number);
  context.listed = null;
}

async function move(
  context: ReplContext,
  verb: 'up' | 'down',
  rest: string,
  signal: AbortSignal,
): Promise<Outcome> {
  if (!/^\d*$/.test(rest)) throw replErrors.verbUsage(`"${rest}" is not a number of frames.`, `${verb} [N]`);
  await context.snapshot(signal);
  const { frameNumber, frames } = context.looking;
  if (frames.length === 0) throw replErrors.noSuchFrame(0, 0);
  const steps = rest === '' ? 1 : Number(rest);
  const last = frames.length - 1;
  if (verb === 'up' && frameNumber === last) throw replErrors.endOfStack('oldest');
  if (verb === 'down' && frameNumber === 0) throw replErrors.endOfStack('newest');
  choose(context, Math.max(0, Math.min(last, frameNumber + (verb === 'up' ? steps : -steps))));
  return placeOutcome(context, false);
}

export const stackVerbs: readonly Verb[] = [
  {
    name: 'bt',
    aliases: ['backtrace', 'where', 'w'],
    usage: btUsage,
    summary: 'the stack of the chosen thread, innermost frame first',
    more: '`bt full` shows the variables too, `bt 3` the three innermost frames, `bt -3` the three outermost.',
    frozen: true,
    run: (context, { rest, signal }) => bt(context, rest, signal),
  },
  {
    name: 'frame',
    aliases: ['f'],
    usage: 'frame [N]',
    summary: 'choose a frame of the chosen thread; 0 is the innermost',
    frozen: true,
    run: (context, { rest, signal }) => frame(context, rest, signal),
  },
  {
    name: 'up',
    aliases: ['u'],
    usage: 'up [N]',
    summary: 'choose the caller of the chosen frame',
    repeats: true,
    frozen: true,
    run: (context, { rest, signal }) => move(context, 'up', rest, signal),
  },
  {
    name: 'down',
    aliases: ['d'],
    usage: 'down [N]',
    summary: 'choose the frame that the chosen one calls',
    repeats: true,
    frozen: true,
    run: (context, { rest, signal }) => move(context, 'down', rest, signal),
  },
];
