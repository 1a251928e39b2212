import { replErrors } from '../../replErrors.js';
import type { SourceOf } from '../../render/context.js';
import { escapeUntrusted } from '../../render/escape.js';
import { shortPath } from '../../render/paths.js';
import { styleOf } from '../../render/style.js';
import { cutShort } from '../../render/width.js';
import type { ReplContext } from '../context.js';
import type { Outcome } from '../outcome.js';
import type { Verb } from '../verb.js';

const usage = 'list [N | FIRST, LAST | .]';
/** As many as pdb shows. */
const linesShown = 11;

/** The lines that are wanted: around the current one, around another, a range, or where the last list ended. */
function wantedRange(
  context: ReplContext,
  rest: string,
  file: string,
  current: number | null,
): [number, number] {
  const around = (line: number): [number, number] => {
    const first = Math.max(1, line - Math.floor(linesShown / 2));
    return [first, first + linesShown - 1];
  };
  if (rest === '.' || rest === '') {
    const { listed } = context;
    if (rest === '' && listed?.file === file) return [listed.next, listed.next + linesShown - 1];
    return around(current ?? 1);
  }
  const [, first, last] = /^(\d+)(?:\s*,\s*(\d+))?$/.exec(rest) ?? [];
  if (first === undefined) throw replErrors.verbUsage(`list does not understand "${rest}".`, usage);
  if (last === undefined) return around(Number(first));
  // As in pdb: a last line before the first is a number of lines.
  const [from, to] = [Math.max(1, Number(first)), Number(last)];
  return [from, to < from ? from + to : to];
}

function readLines(sourceOf: SourceOf, file: string, [first, last]: [number, number]) {
  const lines: { number: number; text: string }[] = [];
  for (let number = first; number <= Math.min(last, first + 10_000); number++) {
    const source = sourceOf(file, number);
    if (source?.kind === 'changed')
      throw replErrors.noSource(file, 'the file was changed after the process started');
    if (source === null) break;
    lines.push({ number, text: source.text });
  }
  // What is behind the last newline is no line.
  const [end] = lines.slice(-1);
  if (end?.text === '' && sourceOf(file, end.number + 1) === null) lines.pop();
  return lines;
}

async function list(context: ReplContext, rest: string, signal: AbortSignal): Promise<Outcome> {
  const snapshot = await context.snapshot(signal);
  const { frame } = context.looking;
  if (frame === null)
    throw replErrors.noSuchFrame(context.looking.frameNumber, context.looking.frames.length);
  const { file, line: current } = frame;
  const range = wantedRange(context, rest, file, current);
  const sourceOf = context.ports.sourceOf(snapshot);
  const lines = readLines(sourceOf, file, range);
  if (lines.length === 0 && sourceOf(file, 1) === null) throw replErrors.noSource(file, 'it cannot be read');
  context.listed = { file, next: (lines.at(-1)?.number ?? range[0] - 1) + 1 };
  return {
    result: { kind: 'source', file, current, lines },
    lines: ({ colour, width }) => {
      const style = styleOf(colour);
      if (lines.length === 0) return [style.faint('The file ends here.')];
      const digits = String(lines.at(-1)?.number ?? 0).length;
      const name = escapeUntrusted(shortPath(file, snapshot.process.workingDirectory));
      return [
        style.faint(name),
        ...lines.map(({ number, text }) => {
          const here = number === current;
          const shown = cutShort(
            escapeUntrusted(text.replaceAll('\t', '        ').trimEnd()),
            width - digits - 4,
          );
          const marked = `${here ? '>' : ' '} ${String(number).padStart(digits)}  ${shown}`.trimEnd();
          return here ? style.heading(marked) : marked;
        }),
      ];
    },
  };
}

export const sourceVerbs: readonly Verb[] = [
  {
    name: 'list',
    aliases: ['l'],
    usage,
    summary: 'source lines around the line of the chosen frame',
    more:
      'Again, it goes on where it ended; `list .` returns to the line of the frame. `list 40` shows the lines around ' +
      '40, `list 40, 60` those from 40 to 60.',
    repeats: true,
    run: (context, { rest, signal }) => list(context, rest, signal),
  },
];
