import type { Snapshot } from '../model/snapshot.js';
import { escapeUntrusted } from '../render/escape.js';
import { commandLine } from '../render/header.js';
import { renderJson } from '../render/json.js';
import { styleOf } from '../render/style.js';
import { duration } from '../render/units.js';
import { cut, displayWidth } from '../render/width.js';
import type { ReplContext } from '../repl/context.js';
import { page } from '../repl/pager.js';
import type { Printer } from '../repl/repl.js';
import type { Terminal } from '../repl/terminal.js';
import type { View } from '../repl/outcome.js';
import { reportFailure } from './failure.js';
import type { Io } from './io.js';

/** A snapshot older than this is told to be. */
const oldMs = 10_000;

/** One document for each command, on a line of its own. */
export function jsonPrinter(io: Io): Printer {
  return {
    show: null,
    answer: (answer) => {
      io.out(renderJson(answer, io.outputIsTerminal));
      return Promise.resolve();
    },
  };
}

export interface TextPrinterOptions {
  readonly io: Io;
  readonly context: ReplContext;
  readonly view: () => View;
  /** Null: nobody sits there. */
  readonly terminal: Terminal | null;
  readonly color: boolean;
}

/** The rows that lines take on a terminal. */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
}

/** For a person. What is longer than the screen goes through the pager. */
export function textPrinter({ io, context, view, terminal, color }: TextPrinterOptions): Printer {
  const print = async (lines: readonly string[]): Promise<void> => {
    if (lines.length === 0) return;
    const text = `${lines.join('\n')}\n`;
    const { rows, columns } = process.stdout;
    if (
      terminal !== null &&
      rowsOf(lines, columns) >= rows &&
      (await terminal.lend(() => page(text, io.env)))
    )
      return;
    io.out(text);
  };
  return {
    show: (lines) => io.out(`${lines(view()).join('\n')}\n`),
    answer: async (_answer, interpreted) => {
      const shown = view();
      const style = styleOf(shown.colour);
      if (interpreted.kind === 'failed') {
        const { error } = interpreted;
        if (terminal === null) reportFailure(io, error, { color });
        else
          io.out(`${style.bad('***')} ${escapeUntrusted(error.message)}\n${hintOf(error.code, error.hint)}`);
        return;
      }
      const { outcome, verb } = interpreted;
      const notes = outcome.notes ?? [];
      const age = verb.frozen === true && !context.paused ? context.ageMs() : 0;
      const old = age < oldMs ? [] : [`As it was ${duration(age)} ago; \`refresh\` looks again.`];
      await print([
        ...outcome.lines(shown),
        ...[...notes, ...old].map((note) => style.faint(escapeUntrusted(note))),
      ]);
    },
  };
}

/** What the process raised says enough. */
function hintOf(code: string, hint: string): string {
  return code === 'raised' || code === 'interrupted' ? '' : `    ${escapeUntrusted(hint)}\n`;
}

/** What a person sees first. */
export function greeting({ process, python, threads }: Snapshot, { colour, width }: View): string {
  const style = styleOf(colour);
  const command = process.argv.length > 0 ? commandLine(process.argv) : escapeUntrusted(process.command);
  const start = `Process ${process.pid}: `;
  const about = `${python.implementation} ${escapeUntrusted(python.version)}, ${threads.length} threads. It runs on between commands; help lists them.`;
  return `${style.heading(start + cut(command, width - start.length))}\n${about}\n`;
}
