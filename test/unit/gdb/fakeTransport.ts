import type { GdbTransport } from '../../../src/gdb/transport.js';

/** A gdb that says what the test lets it say. */
export interface FakeTransport extends GdbTransport {
  /** The lines that were written, tokens and all; and Ctrl-C. */
  readonly written: string[];
  readonly killed: boolean;
  say(text: string): void;
  exit(): void;
}

export function fakeTransport(
  onLine: (line: string, gdb: FakeTransport) => void = () => undefined,
): FakeTransport {
  let data: (text: string) => void = () => undefined;
  let exit: () => void = () => undefined;
  let killed = false;
  const written: string[] = [];
  const gdb: FakeTransport = {
    pid: 0,
    written,
    get killed() {
      return killed;
    },
    write: (text) => {
      // Ctrl-C is no part of a line.
      for (const line of text === '\x03' ? [text] : text.split('\n').slice(0, -1)) {
        written.push(line);
        onLine(line, gdb);
      }
    },
    onData: (listener) => (data = listener),
    onExit: (listener) => (exit = listener),
    kill: () => {
      killed = true;
      exit();
    },
    close: () => undefined,
    say: (text) => data(text),
    exit: () => exit(),
  };
  return gdb;
}
