import type { Command, Option } from 'commander';
import { sleeperVersion } from './version.js';

/** For roff: as it is, wherever it stands. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}

/** A request with a text that may have spaces. */
function request(name: string, text: string): string {
  return `.${name} "${escape(text).replaceAll('"', '\\(dq')}"`;
}

/** What a command's help has below the options, without the options. */
function textBelow(command: Command): string {
  let all = '';
  command
    .configureOutput({ ...command.configureOutput(), writeOut: (text) => void (all += text) })
    .outputHelp();
  return all.slice(command.helpInformation().length).trim();
}

/** As it is: examples, tables. */
const verbatim = (lines: readonly string[]): string[] => ['.nf', ...lines.map(escape), '.fi'];

/** A paragraph of help: flowing text, or lines that stand for themselves, with a title or without. */
function paragraph(text: string): string[] {
  const lines = text.split('\n');
  const table = lines.findIndex((line) => line.startsWith('  '));
  if (table < 0) return ['.PP', escape(text)];
  return ['.PP', ...lines.slice(0, table).map(escape), ...verbatim(lines.slice(table))];
}

const paragraphs = (text: string): string[] => text.split('\n\n').flatMap(paragraph);

function optionLines(command: Command, options: readonly Option[]): string[] {
  const help = command.createHelp();
  return options.flatMap((option) => [
    '.TP',
    request('B', option.flags),
    escape(help.optionDescription(option)),
  ]);
}

function commandLines(command: Command): string[] {
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  return [
    request('SS', help.commandUsage(command)),
    escape(help.commandDescription(command)),
    ...optionLines(command, options),
    ...paragraphs(textBelow(command)),
  ];
}

/** The sections of the program's help below its options: "Examples:" and what follows is EXAMPLES. */
function sections(text: string): string[] {
  return text.split('\n\n').flatMap((part) => {
    const [title = '', ...lines] = part.split('\n');
    const name = title.replace(/:$/, '').toUpperCase();
    return [request('SH', name === 'EXIT CODES' ? 'EXIT STATUS' : name), ...verbatim(lines)];
  });
}

/**
 * sleeper(1), for man, of the same definitions as `--help`.
 * @param runHelp what `sleeper run --help` prints: the launcher does that command
 */
export function manPage(program: Command, runHelp: string): string {
  const help = program.createHelp();
  const commands = program.commands.filter((command) => command.name() !== 'run');
  const [usage = '', ...runText] = runHelp.trim().split('\n\n');
  return [
    `.TH SLEEPER 1 "" "sleeper ${sleeperVersion()}" "User Commands"`,
    '.SH NAME',
    'sleeper \\- look into running Python processes',
    '.SH SYNOPSIS',
    '.nf',
    ...usage.split('\n').map((line) => escape(line.replace(/^Usage: | {7}/, ''))),
    ...commands.map((command) => escape(help.commandUsage(command))),
    '.fi',
    '.SH DESCRIPTION',
    escape(program.description()),
    '.SH OPTIONS',
    'Every command knows these.',
    ...optionLines(program, help.visibleOptions(program)),
    '.SH COMMANDS',
    request('SS', 'sleeper run'),
    ...runText.flatMap(paragraph),
    ...commands.flatMap(commandLines),
    ...sections(textBelow(program)),
    '.SH SEE ALSO',
    '.BR gdb (1),',
    '.BR proc (5),',
    '.BR ptrace (2)',
    '',
  ].join('\n');
}
