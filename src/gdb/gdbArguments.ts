import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The scripts in gdb's own language: those that the build has shortened, beside the bundle, or their sources. gdb reads
 * them byte by byte, with two system calls for each: their comments alone take it 10 ms.
 */
const shortened = fileURLToPath(new URL('../gdb-scripts/', import.meta.url));
const scripts = existsSync(shortened)
  ? shortened
  : fileURLToPath(new URL('../../gdb-scripts/', import.meta.url));

/** How gdb is started. The early settings (-iex) must hold before anything else is read. */
export const gdbArguments: readonly string[] = [
  '-nx',
  '-nh',
  '-q',
  '--interpreter=mi3',
  '-iex',
  'set auto-load off',
  '-x',
  `${scripts}settings.gdb`,
  '-x',
  `${scripts}sleeper.gdb`,
];
