import type { GdbTransport } from './transport.js';

/** Ctrl-C, which the terminal of gdb turns into SIGINT for gdb and for what gdb has started. */
const interruptCharacter = '\x03';
const againMs = 200;

/**
 * Breaks off what gdb does when the signal comes. Asks until `answered` is settled, for gdb may not yet have begun.
 * Resolves when it has asked for the first time.
 */
export function breakOffWhen(
  signal: AbortSignal,
  transport: GdbTransport,
  answered: Promise<unknown>,
): Promise<void> {
  return new Promise((resolve) => {
    const ask = (): void => transport.write(interruptCharacter);
    const begin = (): void => {
      ask();
      const timer = setInterval(ask, againMs);
      const end = (): void => clearInterval(timer);
      answered.then(end, end);
      resolve();
    };
    if (signal.aborted) begin();
    else signal.addEventListener('abort', begin, { once: true });
  });
}
