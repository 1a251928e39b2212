import { replErrors } from '../../replErrors.js';
import { styleOf } from '../../render/style.js';
import { padEnd, wrapText } from '../../render/width.js';
import { message, type Outcome, type View } from '../outcome.js';
import { findVerb } from '../parseLine.js';
import type { Verb } from '../verb.js';

const closing = [
  '',
  'A verb may be cut short as long as it is the only one that begins so; one-letter names are those of pdb and gdb.',
  'An empty line does `list`, `up` or `down` once more, and nothing after any other verb. The Tab key completes verbs,',
  'threads, variables and attributes. Ctrl-C ends what is under way, Ctrl-D or `quit` leaves. `help VERB` tells more.',
];

function columns(verb: Verb): [string, string] {
  const aliases = verb.aliases === undefined ? '' : ` (${verb.aliases.join(', ')})`;
  return [verb.usage + aliases, verb.summary];
}

function overview(verbs: readonly Verb[], { colour, width }: View): string[] {
  const rows = verbs.map(columns);
  const left = Math.max(...rows.map(([usage]) => usage.length)) + 2;
  const style = styleOf(colour);
  return [
    ...rows.flatMap(([usage, summary]) =>
      wrapText(summary, Math.max(30, width - left)).map((line, index) =>
        index === 0 ? style.name(padEnd(usage, left)) + line : ' '.repeat(left) + line,
      ),
    ),
    ...closing.flatMap((line) => wrapText(line, width)),
  ];
}

function help(verbs: readonly Verb[], word: string): Outcome {
  if (word === '') {
    const text = overview(verbs, { colour: false, width: Infinity }).join('\n');
    return message(text, (view) => overview(verbs, view));
  }
  const verb = findVerb(verbs, word);
  if (verb === null) throw replErrors.unknownVerb(word, word, null);
  const [usage, summary] = columns(verb);
  const text = [usage, `  ${summary}`, ...(verb.more === undefined ? [] : [`  ${verb.more}`])];
  return message(text.join('\n'), ({ width }) =>
    text.flatMap((line) =>
      line.startsWith('  ') ? wrapText(line.trim(), width - 2).map((each) => `  ${each}`) : [line],
    ),
  );
}

/** `help` knows all verbs, also itself. */
export function helpVerbs(all: () => readonly Verb[]): readonly Verb[] {
  return [
    {
      name: 'help',
      aliases: ['h', '?'],
      usage: 'help [VERB]',
      summary: 'this list, or more on one verb',
      takes: 'verb',
      run: (_context, { rest }) => Promise.resolve(help(all(), rest)),
    },
    {
      name: 'quit',
      aliases: ['q', 'exit'],
      usage: 'quit',
      summary: 'leave; the process runs on',
      run: (context) => {
        context.over = true;
        return Promise.resolve(message('', () => []));
      },
    },
  ];
}
