import type { Command } from 'commander';
import { exitCodes } from '../../errors.js';
import { renderJson } from '../../render/json.js';
import { verboseLog } from '../diagnostics.js';
import { failingInJson } from '../failure.js';
import type { Io } from '../io.js';
import { parsePid, type GlobalOptions } from '../options.js';
import { withProgress } from '../progress.js';

interface InjectCommandOptions extends GlobalOptions {
  readonly json?: true;
  readonly status?: true;
}

const examples = `
What stays in the process: the library, asleep (no thread, no open file), and,
in a page of its own copy of the C library or of libpython, some bytes behind
the code that nothing ever executes. It goes with the process.

Examples:
  sleeper inject 1234
  sleeper inject --status 1234      is it there? Exit code 0: yes, 9: no`;

async function run(text: string, io: Io, options: InjectCommandOptions): Promise<number> {
  const pid = parsePid(text);
  const { agentStatus, inject } = await import('../../usecases/injectCommand.js');
  const status = await failingInJson(pid, io, options, () =>
    options.status === true
      ? agentStatus(pid)
      : withProgress(
          io,
          `Loading the agent into process ${pid}`,
          inject(pid, {
            gdb: options.gdb,
            trustSeccomp: options.trustSeccomp,
            timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
            mostThreads: options.maxThreads,
            signal: io.signal,
            log: verboseLog(io, options),
          }),
        ),
  );
  if (options.json === true) io.out(renderJson(status, io.outputIsTerminal));
  else if (!status.loaded) io.out(`Process ${pid}: the agent is not loaded.\n`);
  else
    io.out(
      `Process ${pid}: the agent ${status.version ?? '?'} is loaded, ${status.state}, from ${status.path ?? '?'}\n`,
    );
  return status.state === 'ready' ? exitCodes.ok : exitCodes.agent;
}

/** `sleeper inject PID` */
export function addInject(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('inject')
    .summary('load the agent into a process that runs without it')
    .description('Load the agent into a Python process that was not started with `sleeper run`.')
    .argument('<pid>', 'process id')
    .option('--json', 'print JSON')
    .option('--status', 'only tell whether it is there')
    .addHelpText('after', examples)
    .action(async (pid: string, _options: object, command: Command) => {
      exit(await run(pid, io, command.optsWithGlobals<InjectCommandOptions>()));
    });
}
