import { replErrors } from '../../replErrors.js';
import { escapeUntrusted } from '../../render/escape.js';
import stripAnsi from 'strip-ansi';
import type { ReplContext } from '../context.js';
import { message, type Outcome } from '../outcome.js';
import type { Verb } from '../verb.js';

/**
 * What lets the process run, ends it, or changes what gdb is attached to; with the shortest beginning by which gdb
 * knows it. This keeps a person from a mistake; who means to do it will find a way around it, and then the process is
 * stopped again, or let go, as it would have been.
 */
const forbidden: readonly (readonly [name: string, shortest: string])[] = [
  ['advance', 'adv'],
  ['attach', 'at'],
  ['call', 'ca'],
  ['checkpoint', 'ch'],
  ['continue', 'c'],
  ['core-file', 'core'],
  ['detach', 'det'],
  ['disconnect', 'disc'],
  ['exec-file', 'exec'],
  ['fg', 'fg'],
  ['finish', 'fin'],
  ['generate-core-file', 'gen'],
  ['inferior', 'inferior'],
  ['interpreter-exec', 'interp'],
  ['jump', 'j'],
  ['kill', 'k'],
  ['next', 'n'],
  ['nexti', 'nexti'],
  ['ni', 'ni'],
  ['quit', 'q'],
  ['queue-signal', 'queue'],
  ['record', 'rec'],
  ['restart', 'rest'],
  ['return', 'ret'],
  ['reverse-continue', 'reverse-'],
  ['rc', 'rc'],
  ['run', 'r'],
  ['signal', 'sig'],
  ['si', 'si'],
  ['sleeper-call', 'sleeper-call'],
  ['start', 'star'],
  ['starti', 'starti'],
  ['step', 's'],
  ['stepi', 'stepi'],
  ['target', 'tar'],
  ['until', 'u'],
].map(([name = '', shortest = '']) => [name, shortest] as const);

/** Commands that only look, though their beginnings are those of forbidden ones. */
const allowed = [
  'signals',
  'show',
  'set',
  'source',
  'search',
  'shell',
  'symbol-file',
  'sharedlibrary',
  'skip',
  'save',
];

/** Prefixes behind which stands another command. */
const prefixed =
  /^(?:thread\s+apply\s+(?:\S+\s+)*?(?=[a-z])|(?:frame|f)\s+apply\s+(?:\S+\s+)*?(?=[a-z])|taas|faas|tfaas|with\s+.*?--|pipe|\|)\s*(?:-\w+\s+)*/;

/** The word of a command to gdb that must not be given; null where there is none. */
export function forbiddenWord(command: string): string | null {
  const text = command.trim();
  const prefix = prefixed.exec(text)?.[0] ?? '';
  if (prefix.trim() !== '') {
    // `thread apply all bt`: "all" is no command.
    const words = text.slice(prefix.length).replace(/^all\s+(-\w+\s+)*/, '');
    return forbiddenWord(words);
  }
  const word = /^[a-z][\w-]*/.exec(text)?.[0] ?? '';
  if (word === '' || allowed.some((name) => name === word)) return null;
  const found = forbidden.find(([name, shortest]) => name.startsWith(word) && word.startsWith(shortest));
  return found?.[0] ?? null;
}

const ascii = /^[\x20-\x7e]{1,3000}$/;

/** Colours may stay on a terminal; whatever else the process's strings may contain is escaped. */
function coloured(line: string, colour: boolean): string {
  const kept = colour ? line : stripAnsi(line);
  return kept
    .split(/(\u001b\[[\d;]*m)/)
    .map((part, index) => (index % 2 === 1 ? part : escapeUntrusted(part.replaceAll('\t', '        '))))
    .join('');
}

async function gdb(context: ReplContext, command: string, signal: AbortSignal): Promise<Outcome> {
  if (command === '') throw replErrors.verbUsage('What?', 'gdb COMMAND');
  if (!ascii.test(command)) throw replErrors.gdbNotAscii();
  const word = forbiddenWord(command);
  if (word !== null) throw replErrors.gdbForbidden(word);
  const output = (await context.gdb(command, signal)).trimEnd();
  if (output === '') return message('', () => []);
  return message(stripAnsi(output), ({ colour }) => output.split('\n').map((line) => coloured(line, colour)));
}

export const gdbVerbs: readonly Verb[] = [
  {
    name: 'gdb',
    usage: 'gdb COMMAND',
    summary: 'what gdb prints to a command of its own',
    more:
      'gdb is attached for this one command, unless the process is paused. It has read no symbols, so that it is quick; ' +
      'while the process is paused, `gdb set sysroot /` and `gdb sharedlibrary` read them. Ctrl-C breaks the command off. What would let the process ' +
      'go on, end it, or call its functions is refused.',
    run: (context, { rest, signal }) => gdb(context, rest, signal),
  },
];
