/** What came when a line was asked for. */
export type Input =
  | { readonly kind: 'line'; readonly text: string }
  /** Ctrl-C: the line is given up. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'end' };

/** Where commands come from. */
export interface LineSource {
  next(prompt: string): Promise<Input>;
  /** Somebody sits there: an empty line repeats, and the prompt is seen. */
  readonly interactive: boolean;
  /** A command that is not whole goes on in the next line. */
  readonly continues: boolean;
  close(): void;
}

/** The commands of -c, each whole. */
export function givenCommands(commands: readonly string[]): LineSource {
  const left = [...commands];
  return {
    interactive: false,
    continues: false,
    next: () => {
      const text = left.shift();
      return Promise.resolve(text === undefined ? { kind: 'end' } : { kind: 'line', text });
    },
    close: () => undefined,
  };
}

/** The lines of a file or a pipe. `close` gives up waiting for more. */
export function linesOf(lines: AsyncIterable<string>, close: () => void): LineSource {
  const iterator = lines[Symbol.asyncIterator]();
  let closed: () => void = () => undefined;
  const end = new Promise<IteratorResult<string>>((resolve) => {
    closed = () => resolve({ done: true, value: undefined });
  });
  return {
    interactive: false,
    continues: true,
    next: async () => {
      const next = await Promise.race([iterator.next(), end]);
      return next.done === true ? { kind: 'end' } : { kind: 'line', text: next.value };
    },
    close: () => {
      closed();
      close();
    },
  };
}
