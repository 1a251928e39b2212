import type { Inspected, TreeProcess } from '../model/processTree.js';
import { escapeUntrusted } from './escape.js';
import { commandLine } from './header.js';
import type { Style } from './style.js';
import { cutShort, displayWidth, wrapText } from './width.js';

/** What is said of a process that could be looked into, in a few words that are safe to print. */
export interface Summary {
  readonly plain: string;
  readonly paint: (text: string) => string;
}

export interface OverviewOptions {
  readonly width: number;
  readonly style: Style;
}

function outcomeOf<T>(each: Inspected<T>, summary: (result: T) => Summary, style: Style): Summary {
  switch (each.kind) {
    case 'described':
      return summary(each.result);
    case 'notPython':
      return { plain: 'not Python', paint: style.faint };
    case 'failed':
      return { plain: escapeUntrusted(each.error.message), paint: style.bad };
  }
}

/** The longest part of a command line in the overview, where nothing else sets a limit. */
const longestCommand = 60;

/** A command line without the directory of the program; with no arguments, the kernel's name. */
function shortCommand({ argv: [program, ...others], command }: TreeProcess): string {
  if (program === undefined) return command === '' ? '?' : `[${escapeUntrusted(command)}]`;
  const name = program.startsWith('/') ? program.slice(program.lastIndexOf('/') + 1) : program;
  return commandLine([name, ...others]);
}

/** One process in the overview. */
function overviewLine<T>(
  each: Inspected<T>,
  summary: (result: T) => Summary,
  { width, style }: OverviewOptions,
): string[] {
  const { pid, depth } = each.process;
  const indent = '  '.repeat(Math.min(depth, 20));
  const head = `${indent}${pid} `;
  const shown = cutShort(
    shortCommand(each.process),
    Math.max(20, Math.min(longestCommand, width - displayWidth(head))),
  );
  const { plain, paint } = outcomeOf(each, summary, style);
  const line = `${head}${shown}  ${plain}`;
  if (displayWidth(line) <= width)
    return [`${indent}${style.heading(String(pid))} ${shown}  ${paint(plain)}`];
  const below = `${indent}    `;
  return [
    `${indent}${style.heading(String(pid))} ${shown}`,
    ...wrapText(plain, Math.max(20, width - below.length)).map((text) => below + paint(text)),
  ];
}

/** Processes as a tree, with what is to be said of each. */
export function overviewLines<T>(
  inspected: readonly Inspected<T>[],
  summary: (result: T) => Summary,
  options: OverviewOptions,
): string[] {
  return inspected.flatMap((each) => overviewLine(each, summary, options));
}
