import type { Command } from 'commander';
import { exitCodes } from '../../errors.js';
import { renderJson } from '../../render/json.js';
import { outputWidth, wantsColour, type Io } from '../io.js';
import type { GlobalOptions } from '../options.js';

interface PsCommandOptions extends GlobalOptions {
  readonly json?: true;
}

const examples = `
Examples:
  sleeper ps
  sleeper ps --json | jq '.[] | select(.agent) | .pid'`;

async function run(io: Io, options: PsCommandOptions): Promise<number> {
  const [{ listPythonProcesses }, { renderPs }] = await Promise.all([
    import('../../target/processes.js'),
    import('../../render/renderPs.js'),
  ]);
  const processes = listPythonProcesses();
  const colour = wantsColour(io, io.outputIsTerminal, options.color);
  io.out(
    options.json === true
      ? renderJson(processes, io.outputIsTerminal)
      : renderPs(processes, { colour, width: outputWidth(io) }),
  );
  return exitCodes.ok;
}

/** `sleeper ps` */
export function addPs(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('ps')
    .summary('list the Python processes')
    .description('List the Python processes that you may see, and whether the agent is loaded in them.')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (_options: object, command: Command) => {
      exit(await run(io, command.optsWithGlobals<PsCommandOptions>()));
    });
}
