import { createInterface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Completion } from './completer.js';
import type { Input, LineSource } from './lineSource.js';
import { longestHistory, type History } from './history.js';

/** A person at a terminal. */
export interface Terminal extends LineSource {
  /** A question that is answered by y or n; the answer is not remembered. */
  confirm(question: string): Promise<boolean>;
  /** Ctrl-C while no line is waited for goes there. */
  onInterrupt(listener: (() => void) | null): void;
  /** Somebody else has the terminal meanwhile. */
  lend<T>(work: () => Promise<T>): Promise<T>;
}

export interface TerminalOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly history: History;
  readonly complete: (line: string) => Promise<Completion>;
}

/** Lines are edited by node:readline. What is typed ahead is kept. */
export function openTerminal({ input, output, history, complete }: TerminalOptions): Terminal {
  const typed: Input[] = [];
  let waiting: ((input: Input) => void) | null = null;
  let interrupt: (() => void) | null = null;
  let confirming = false;
  let ended = false;

  const lines = createInterface({
    input,
    output,
    terminal: true,
    history: [...history.lines],
    historySize: longestHistory,
    removeHistoryDuplicates: true,
    completer: (line: string, callback: (error: null, completion: Completion) => void) => {
      complete(line).then(
        (completion) => callback(null, completion),
        () => callback(null, [[], '']),
      );
    },
  });

  const give = (given: Input): void => {
    const taker = waiting;
    waiting = null;
    if (taker === null) typed.push(given);
    else taker(given);
  };
  const take = (prompt: string): Promise<Input> => {
    const first = typed.shift();
    if (first !== undefined) return Promise.resolve(first);
    if (ended) return Promise.resolve({ kind: 'end' });
    lines.setPrompt(prompt);
    lines.prompt();
    return new Promise((resolve) => (waiting = resolve));
  };

  lines.on('history', (remembered: string[]) => {
    if (confirming) remembered.shift();
  });
  lines.on('line', (text) => {
    if (!confirming) history.add(text);
    give({ kind: 'line', text });
  });
  lines.on('SIGINT', () => {
    if (waiting === null) {
      typed.length = 0;
      interrupt?.();
      return;
    }
    lines.write(null, { ctrl: true, name: 'e' });
    lines.write(null, { ctrl: true, name: 'u' });
    output.write('^C\n');
    give({ kind: 'interrupted' });
  });
  lines.on('close', () => {
    ended = true;
    give({ kind: 'end' });
  });
  // The terminal is gone.
  input.on('error', () => lines.close());

  return {
    interactive: true,
    continues: true,
    next: take,
    confirm: async (question) => {
      confirming = true;
      try {
        const answer = await take(`${question} [y/N] `);
        return answer.kind === 'line' && /^y(es)?$/i.test(answer.text.trim());
      } finally {
        confirming = false;
      }
    },
    onInterrupt: (listener) => (interrupt = listener),
    lend: async (work) => {
      lines.pause();
      input.setRawMode(false);
      try {
        return await work();
      } finally {
        if (!ended) {
          input.setRawMode(true);
          lines.resume();
        }
      }
    },
    close: () => {
      // What comes next must not stand behind the prompt.
      if (waiting !== null) output.write('\n');
      lines.close();
    },
  };
}
