import { Option, type Command } from 'commander';
import { exitCodes } from '../../errors.js';
import type { DumpOptions } from '../../usecases/dump.js';
import { renderJson } from '../../render/json.js';
import { openTrace, verboseLog } from '../dumpOptions.js';
import { beforeInjection, withInjectionOptions } from '../injection.js';
import { inspectTree, treeExitCode, treeJson, type TreeChoice } from '../inspectTree.js';
import { outputWidth, wantsColour, type Io } from '../io.js';
import { parsePid, pattern } from '../options.js';
import { pickProcess } from '../pickProcess.js';
import { withProgress } from '../progress.js';
import { sleeperVersion } from '../version.js';

interface WhyCommandOptions extends TreeChoice {
  readonly json?: true;
}

const examples = `
The verdict comes first: a deadlock and who is in it, a lock whose owner is gone, a GIL that is not given up ... or
that the process is not hung, and what its threads wait for. "(inferred)" marks what nothing in memory says outright.

Examples:
  sleeper why 1234
  sleeper why --tree 1234                        a server and its workers: which of them hangs?
  sleeper why --match 'celery.*mail'             the processes whose command line matches
  sleeper why 1234 --json | jq -r .verdict       "hung" or "not hung"; the exit code is 0 for both
  sleeper why 1234 --json | jq '.findings[] | select(.hung) | .tids'`;

/** The report on one process. */
async function reportOn(
  pid: number,
  io: Io,
  options: WhyCommandOptions,
  ports: Pick<DumpOptions, 'trace' | 'beforeInjection' | 'turn' | 'log'>,
) {
  const { why } = await import('../../usecases/why.js');
  return why(pid, {
    gdb: options.gdb,
    timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
    sleeperVersion: sleeperVersion(),
    signal: io.signal,
    ...ports,
  });
}

async function whyTree(pids: readonly number[], io: Io, options: WhyCommandOptions): Promise<number> {
  const { reportOnUntouchable } = await import('../../usecases/why.js');
  const inspected = await inspectTree(
    pids,
    io,
    options,
    (pid, ports) => reportOn(pid, io, options, ports),
    (pid, error) => reportOnUntouchable(pid, error, sleeperVersion()),
  );
  if (options.json === true) {
    io.out(treeJson(inspected, io.outputIsTerminal));
  } else {
    const { renderWhyTree } = await import('../../render/renderWhyTree.js');
    io.out(renderWhyTree(inspected, textOptions(io, options)));
  }
  return treeExitCode(inspected, io, options);
}

async function whyOne(pid: number, io: Io, options: WhyCommandOptions): Promise<number> {
  const trace = await openTrace(options);
  try {
    const ports = { trace, beforeInjection: beforeInjection(io, options), log: verboseLog(io, options) };
    const report = await withProgress(io, `Looking into process ${pid}`, reportOn(pid, io, options, ports));
    const { renderWhy } = await import('../../render/renderWhy.js');
    io.out(
      options.json === true
        ? renderJson(report, io.outputIsTerminal)
        : renderWhy(report, textOptions(io, options)),
    );
    return exitCodes.ok;
  } finally {
    trace?.close();
  }
}

async function run(words: readonly string[], io: Io, options: WhyCommandOptions): Promise<number> {
  const pids = words.map(parsePid);
  if (pids.length === 0 && options.match === undefined) pids.push(await pickProcess(io));
  const [first, ...others] = pids;
  const isOne = others.length === 0 && options.tree !== true && options.match === undefined;
  return first !== undefined && isOne ? whyOne(first, io, options) : whyTree(pids, io, options);
}

function textOptions(io: Io, options: WhyCommandOptions) {
  return { colour: wantsColour(io, io.outputIsTerminal, options.color), width: outputWidth(io) };
}

/** `sleeper why PID` */
export function addWhy(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('why')
    .summary('say why a Python process hangs, or that it does not')
    .description(
      'Stop a Python process for a moment and say what its threads wait for, and whether it hangs.',
    )
    .argument('[pid...]', 'process ids')
    .option('--json', 'print JSON')
    .option('--tree', 'the processes that it has started, too')
    .addOption(new Option('-s, --subprocesses', 'the same as --tree').implies({ tree: true }))
    .option('--match <regex>', 'the Python processes whose command line matches', pattern)
    .addHelpText('after', examples);
  withInjectionOptions(command).action(async (words: string[], _options: object, parsed: Command) => {
    const options = parsed.optsWithGlobals<WhyCommandOptions>();
    exit(await run(words, io, options));
  });
}
