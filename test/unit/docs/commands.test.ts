import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { describe, expect, test } from '@jest/globals';
import { parser } from '../../support/parser.js';
import { errorSamples } from './errorSamples.js';
import { documentedCommands } from './commandLines.js';
import { codeSpans, documents, readDocument, root } from './markdown.js';
import { shellCommands } from './shellCommands.js';

const incomplete = 'missing required argument';
const launcher = fileURLToPath(new URL('bin/sleeper', root));
const runHelp = execFileSync('sh', [launcher, 'run', '--help'], { encoding: 'utf8' });

/** `sleeper run` is done by the launcher, which takes options only in front of the command. */
function complaintsOfRun(words: readonly string[]): string[] {
  const end = words.findIndex((word) => word === '--' || !word.startsWith('-'));
  const options = end < 0 ? words : words.slice(0, end);
  return options.filter((option) => !runHelp.includes(option)).map((option) => `run knows no ${option}`);
}

/** The first line of what the parser has against the words after `sleeper`. */
function complaints(words: readonly string[]): string[] {
  if (words[0] === 'run') return complaintsOfRun(words.slice(1));
  const { program, said } = parser();
  for (const command of program.commands) command.action(() => undefined);
  try {
    program.parse(words, { from: 'user' });
    return [];
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? [] : said.slice(0, 1);
  }
}

/** The words after `sleeper`, whatever stands in front of it; null for another program's command. */
function afterSleeper(words: readonly string[]): string[] | null {
  let start = 0;
  while (/^\w+=/.test(words[start] ?? '')) start++;
  if (words[start] === 'sudo') start += words[start + 1] === '-u' ? 3 : 1;
  if (!/^(bin\/)?sleeper$/.test(words[start] ?? '')) return null;
  return words.slice(start + 1).filter((word) => word !== '...');
}

/** The commands in the blocks of a document. test/integration/documents.test.ts carries them out, where that can be. */
function typedCommands(path: string): string[][] {
  return documentedCommands(path).flatMap(shellCommands);
}

/** The commands in its text, where "`sleeper fds`" is a name and needs no arguments. */
function namedCommands(path: string): string[][] {
  return codeSpans(readDocument(path)).flatMap(shellCommands);
}

/** What the parser has against the `sleeper` commands among these. */
function wrongOnes(commands: readonly string[][]): string[] {
  return commands
    .map(afterSleeper)
    .filter((words) => words !== null && words.length > 0)
    .flatMap((words) =>
      complaints(words ?? []).map((complaint) => `${words?.join(' ') ?? ''}: ${complaint}`),
    );
}

describe.each(documents)('%s', (path) => {
  const commands = [...typedCommands(path), ...namedCommands(path)];

  test('shows commands and options that sleeper knows', () => {
    expect(wrongOnes(typedCommands(path))).toEqual([]);
    expect(wrongOnes(namedCommands(path)).filter((wrong) => !wrong.includes(incomplete))).toEqual([]);
  });

  test('names options that sleeper knows', () => {
    const { program } = parser();
    const known = [program, ...program.commands].flatMap((command) =>
      command.createHelp().visibleOptions(command),
    );
    const flags = new Set([...known.flatMap(({ long, short }) => [long, short]), '--print-agent']);
    const named = codeSpans(readDocument(path)).filter((span) => /^--?[a-z]/.test(span));
    const wrong = named.flatMap((span) => span.split(' ')).filter((word) => /^--?[a-z]/.test(word));
    expect(wrong.filter((flag) => !flags.has(flag))).toEqual([]);
  });

  test('names npm scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = commands.flatMap(([program, first, ...others]) => {
      if (program !== 'npm') return [];
      if (first === 'test') return ['test'];
      return first === 'run' ? others.filter((word) => !word.startsWith('-')).slice(0, 1) : [];
    });
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

test('errors name options that sleeper knows', () => {
  const { program } = parser();
  const known = [program, ...program.commands].flatMap((command) =>
    command
      .createHelp()
      .visibleOptions(command)
      .map(({ long }) => long),
  );
  const others = [
    '--print-agent',
    '--allow-attach',
    '--cap-add',
    '--version',
    '--pid',
    '--as',
    '--data',
    '--nofile',
    '--memory',
    '--runtime',
  ];
  const named = Object.values(errorSamples).flatMap(({ message, hint }) =>
    [...`${message} ${hint}`.matchAll(/(?<![\w-])--[a-z-]+/g)].map(([option]) => option),
  );
  expect(named).toContain('--trace-gdb');
  expect(named.filter((option) => !known.includes(option) && !others.includes(option))).toEqual([]);
});

test('the README shows what it is about', () => {
  const commands = typedCommands('README.md');
  const verbs = commands.map(afterSleeper).map((words) => words?.[0]);
  expect(verbs).toEqual(expect.arrayContaining(['run', 'dump', 'fds', 'ps']));
  expect(commands).toContainEqual(['npm', 'run', 'demo']);
  expect(commands).toContainEqual(['npm', 'test']);
});

test.each([
  ['dump 1234 --loc', /unknown option/],
  ['dump --depth many 1234', /whole number/],
  ['fds', /missing required argument/],
  ['fds 1 2', /too many arguments/],
  ['inspect 1234', /unknown command/],
  ['run --prin-agent', /knows no/],
])('a wrong command would be found: sleeper %s', (line, complaint) => {
  expect(complaints(line.split(' ')).join('\n')).toMatch(complaint);
});

test('commands are found in pipelines and substitutions', () => {
  expect(shellCommands(`A="$(x y)" b 'c d' | e "f $(g) h" # i\nj`)).toEqual([
    ['x', 'y'],
    ['A=1234', 'b', 'c d'],
    ['g'],
    ['e', 'f 1234 h'],
    ['j'],
  ]);
});
