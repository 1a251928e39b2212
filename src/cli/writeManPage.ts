/** Run by the build: writes the man page. Usage: writeManPage FILE LAUNCHER */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Io } from './io.js';
import { manPage } from './manPage.js';
import { createProgram } from './program.js';

const [, , file = '', launcher = ''] = process.argv;
const nothing = (): void => undefined;
const io: Io = {
  ...{ env: {}, inputIsTerminal: false, outputIsTerminal: false, errorIsTerminal: false, columns: undefined },
  ...{ signal: new AbortController().signal, onInterrupt: () => nothing, out: nothing, err: nothing },
};
mkdirSync(dirname(file), { recursive: true });
const runHelp = execFileSync('sh', [launcher, 'run', '--help'], { encoding: 'utf8' });
writeFileSync(file, manPage(createProgram(io, nothing), runHelp));
