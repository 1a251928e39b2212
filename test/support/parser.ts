import type { Command } from 'commander';
import type { Io } from '../../src/cli/io.js';
import { createProgram } from '../../src/cli/program.js';

/** The parser of the command line, and what it has said. */
export function parser(): { readonly program: Command; readonly said: string[] } {
  const said: string[] = [];
  const say = (text: string | Uint8Array): void => void said.push(String(text));
  const io: Io = {
    env: {},
    inputIsTerminal: false,
    outputIsTerminal: false,
    errorIsTerminal: false,
    columns: undefined,
    signal: new AbortController().signal,
    onInterrupt: () => () => undefined,
    out: say,
    err: say,
  };
  return { program: createProgram(io, () => undefined), said };
}
