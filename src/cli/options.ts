import { InvalidArgumentError, type Command } from 'commander';
import { errors } from '../errors.js';
import { defaultMostThreads } from '../gdb/gdbOptions.js';

/** The options that every command knows. */
export interface GlobalOptions {
  readonly color: boolean;
  readonly verbose?: true;
  readonly gdb?: string;
  readonly timeout?: number;
  readonly maxThreads?: number;
  readonly traceGdb?: string;
  readonly trustSeccomp?: true;
}

/** For commander: a whole number, 1 or more. */
export function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 0x7fff_ffff) {
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  }
  return value;
}

/** For commander: a number of seconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value <= 0 || value > 86_400) {
    throw new InvalidArgumentError('It must be a number of seconds, more than 0.');
  }
  return value;
}

/** For commander: a number, more than 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value <= 0 || value > 1000) {
    throw new InvalidArgumentError('It must be a number, more than 0, 1000 at the most.');
  }
  return value;
}

/** For commander: a percentage, with or without its sign. */
export function share(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (!/^\d*\.?\d+%?$/.test(text) || value <= 0 || value > 100) {
    throw new InvalidArgumentError('It must be a percentage, more than 0.');
  }
  return value;
}

/** For commander: a number of MiB that a recording may have (agent-c/src/recording.c, MOST_BYTES). */
export function mebibytes(text: string): number {
  const value = count(text);
  if (value > 256) throw new InvalidArgumentError('It must be a whole number, 256 at the most.');
  return value;
}

/** For commander: a regular expression. */
export function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** For commander: "15s", "500ms", "5m", "1h", in milliseconds; a bare number is in seconds. */
export function interval(text: string): number {
  const [, number = '', unit = 's'] = /^(\d*\.?\d+)(ms|s|m|h)?$/.exec(text) ?? [];
  const value = Number(number) * (unitsMs[unit] ?? NaN);
  if (number === '' || !(value >= 1) || value > 86_400_000) {
    throw new InvalidArgumentError('It must be a time such as 500ms, 15s, 5m or 1h, a day at the most.');
  }
  return value;
}

/** The function whose variables are to be recorded, and which of them; null: all. */
export interface LocalsAt {
  readonly name: string;
  readonly variables: readonly string[] | null;
}

/** The agent has room for so much of the name. Bytes of UTF-8. */
const longestName = 127;

/** For commander: "handle", "Handler.handle", "handle:path,user". */
export function localsAt(text: string): LocalsAt {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const variables = colon < 0 ? null : text.slice(colon + 1).split(',');
  if (name === '' || Buffer.byteLength(name) > longestName || variables?.includes('') === true) {
    throw new InvalidArgumentError('It must be the name of a function, or NAME:VARIABLE,VARIABLE.');
  }
  return { name, variables };
}

/** @throws SleeperError */
export function parsePid(text: string): number {
  const pid = Number(text);
  if (!/^\d+$/.test(text) || pid < 1 || pid > 0x7fff_ffff) throw errors.badPid(text);
  return pid;
}

/** Adds the options that every command knows. */
export function withGlobalOptions(program: Command): Command {
  return program
    .option('-v, --verbose', 'tell on stderr what is done and how long it takes')
    .option('--gdb <path>', 'the gdb to use', 'gdb')
    .option('--timeout <seconds>', 'give up, and let the process go, after this time', seconds, 10)
    .option(
      '--max-threads <count>',
      'leave a process alone that has more: it stands still until gdb has stopped each',
      count,
      defaultMostThreads,
    )
    .option('--trace-gdb <file>', 'write all that is said to gdb and by gdb to a file, for a bug report')
    .option('--trust-seccomp', 'go ahead where a process has a seccomp filter that cannot be read')
    .option('--no-color', 'no colours (also: NO_COLOR=1; FORCE_COLOR=1 for the opposite)');
}
