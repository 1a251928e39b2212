import { parseCommandLine, shorten, shortCommand } from './commandLine.js';
import { tryReadProc } from './procFile.js';
import { parseStat } from './stat.js';

/** What a gdb reads that a sleeper has started. */
const settings = '/gdb-scripts/settings.gdb';

/**
 * Who traces a process, in words: its command line; of the gdb of another sleeper that of the sleeper, which is what a person
 * has started and can end.
 */
export function tracerName(procRoot: string, tracer: number): string {
  const wordsOf = (pid: number): string[] =>
    parseCommandLine(tryReadProc(`${procRoot}/${pid}/cmdline`) ?? '');
  const stat = tryReadProc(`${procRoot}/${tracer}/stat`);
  if (stat !== null && wordsOf(tracer).some((word) => word.endsWith(settings))) {
    const { parentPid } = parseStat(stat);
    const words = wordsOf(parentPid);
    const program = words.findIndex((word) => /\/(?:bin\/main\.cjs|src\/cli\/main\.ts)$/.test(word));
    if (program >= 0)
      return `the gdb of process ${parentPid}: ${shorten(['sleeper', ...words.slice(program + 1)].join(' '))}`;
  }
  return shortCommand(procRoot, tracer);
}
