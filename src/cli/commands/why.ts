import type { Command } from 'commander';
import { exitCodes } from '../../errors.js';
import { renderJson } from '../../render/json.js';
import { beforeInjection, withInjectionOptions, type InjectionOptions } from '../injection.js';
import { outputWidth, wantsColour, type Io } from '../io.js';
import { parsePid, type GlobalOptions } from '../options.js';
import { withProgress } from '../progress.js';
import { sleeperVersion } from '../version.js';

interface WhyCommandOptions extends GlobalOptions, InjectionOptions {
  readonly json?: true;
}

const examples = `
The verdict comes first: a deadlock and who is in it, a lock whose owner is gone, a GIL that is not given up ... or
that the process is not hung, and what its threads wait for. "(inferred)" marks what nothing in memory says outright.

Examples:
  sleeper why 1234
  sleeper why 1234 --json | jq -r .verdict       "hung" or "not hung"; the exit code is 0 for both
  sleeper why 1234 --json | jq '.findings[] | select(.hung) | .tids'`;

async function run(text: string, io: Io, options: WhyCommandOptions): Promise<number> {
  const pid = parsePid(text);
  const { why } = await import('../../usecases/why.js');
  const report = await withProgress(
    io,
    `Looking into process ${pid}`,
    why(pid, {
      gdb: options.gdb,
      timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
      trace:
        options.traceGdb === undefined
          ? null
          : (await import('../../gdb/trace.js')).openFileTrace(options.traceGdb),
      sleeperVersion: sleeperVersion(),
      beforeInjection: beforeInjection(io, options),
      signal: io.signal,
      log: (what) => {
        if (options.verbose === true) io.err(`${what}\n`);
      },
    }),
  );
  const { renderWhy } = await import('../../render/renderWhy.js');
  const colour = wantsColour(io, io.outputIsTerminal, options.color);
  io.out(
    options.json === true
      ? renderJson(report, io.outputIsTerminal)
      : renderWhy(report, { colour, width: outputWidth(io) }),
  );
  return exitCodes.ok;
}

/** `sleeper why PID` */
export function addWhy(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('why')
    .summary('say why a Python process hangs, or that it does not')
    .description(
      'Stop a Python process for a moment and say what its threads wait for, and whether it hangs.',
    )
    .argument('<pid>', 'process id')
    .option('--json', 'print JSON')
    .addHelpText('after', examples);
  withInjectionOptions(command).action(async (pid: string, _options: object, parsed: Command) => {
    exit(await run(pid, io, parsed.optsWithGlobals<WhyCommandOptions>()));
  });
}
