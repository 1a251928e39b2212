import { closeSync, openSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** Takes every line that goes to gdb or comes from it: a bug report, and a golden file for the tests. */
export interface Trace {
  line(direction: 'to gdb' | 'from gdb', line: string): void;
}

/**
 * Writes a line for each: milliseconds since the start, `>` (to gdb) or `<` (from gdb), the text.
 * Written at once, so that nothing is missing when sleeper dies.
 */
export function openFileTrace(path: string): Trace & { close(): void } {
  const fd = openSync(path, 'w');
  const start = performance.now();
  return {
    line: (direction, line) => {
      const time = (performance.now() - start).toFixed(3).padStart(10);
      writeSync(fd, Buffer.from(`${time} ${direction === 'to gdb' ? '>' : '<'} ${line}\n`, 'latin1'));
    },
    close: () => closeSync(fd),
  };
}
