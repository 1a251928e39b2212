import { fileURLToPath } from 'node:url';

/** The scripts in gdb's own language; the same place seen from src/ and from dist/. */
const scripts = fileURLToPath(new URL('../../gdb-scripts/', import.meta.url));

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
