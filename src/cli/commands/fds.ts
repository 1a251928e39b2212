import type { Command } from 'commander';
import { exitCodes } from '../../errors.js';
import { renderJson } from '../../render/json.js';
import { failingInJson } from '../failure.js';
import { outputWidth, wantsColour, type Io } from '../io.js';
import { parsePid, type GlobalOptions } from '../options.js';

interface FdsCommandOptions extends GlobalOptions {
  readonly json?: true;
}

const examples = `
The process is not stopped for this, and it needs no agent; it need not be
Python.

Examples:
  sleeper fds 1234
  sleeper fds 1234 --json | jq '.fds[] | select(.state == "CLOSE_WAIT")'`;

async function run(text: string, io: Io, options: FdsCommandOptions): Promise<number> {
  const pid = parsePid(text);
  const [{ readOpenFds }, { renderFds }] = await Promise.all([
    import('../../usecases/openFds.js'),
    import('../../render/renderFds.js'),
  ]);
  const open = await failingInJson(pid, io, options, () => readOpenFds(pid));
  const colour = wantsColour(io, io.outputIsTerminal, options.color);
  io.out(
    options.json === true
      ? renderJson(open, io.outputIsTerminal)
      : renderFds(open, { colour, width: outputWidth(io) }),
  );
  return exitCodes.ok;
}

/** `sleeper fds PID` */
export function addFds(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('fds')
    .summary('list the open file descriptors of a process')
    .description(
      'List the open file descriptors of a process: files, sockets with their state and queues, pipes ...',
    )
    .argument('<pid>', 'process id')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (pid: string, _options: object, command: Command) => {
      exit(await run(pid, io, command.optsWithGlobals<FdsCommandOptions>()));
    });
}
