import { Command, CommanderError } from 'commander';
import { asSleeperError, exitCodes } from '../errors.js';
import { addDoctor } from './commands/doctor.js';
import { addDump } from './commands/dump.js';
import { addFds } from './commands/fds.js';
import { addInject } from './commands/inject.js';
import { addPs } from './commands/ps.js';
import { addRecord } from './commands/record.js';
import { addRepl } from './commands/repl.js';
import { addReport } from './commands/report.js';
import { addWatch } from './commands/watch.js';
import { addWhy } from './commands/why.js';
import { reportFailure } from './failure.js';
import { Interrupted } from './interrupted.js';
import type { Io } from './io.js';
import { withGlobalOptions, type GlobalOptions } from './options.js';
import { sleeperVersion } from './version.js';

const examples = `
Examples:
  sleeper run -- python3 app.py            start a program with the agent in it
  sleeper ps                               which Python processes are there?
  sleeper dump 1234                        what is process 1234 doing?
  sleeper why 1234                         does it hang, and why?
  sleeper watch 1234 -o hangs              write down why, whenever it does
  sleeper dump 1234 --json -o d.json       the same for a program
  sleeper fds 1234                         what has it open?
  sleeper repl 1234                        look around in it
  sleeper record -p 1234 -o profile.svg    where does its time go?
  sleeper doctor 1234                      what is in the way?

Exit codes:
  0     done
  1     failed
  2     wrong command line
  3     some of several processes failed
  4     no such process
  5     not CPython, or not supported
  6     not permitted
  7     the process is in a state in which it must not be touched
  8     gdb is missing, too old or failed
  9     no agent in the process, or another version
  10    a deadline passed
  130   interrupted

Environment:
  NO_COLOR=1, FORCE_COLOR=1   no colours; colours without a terminal, too
  PAGER                       what \`sleeper repl\` shows long output with
  XDG_CONFIG_HOME             where the configuration is; otherwise ~/.config
  XDG_STATE_HOME              where the history is; otherwise ~/.local/state

Files:
  ~/.config/sleeper/config.json   may the agent be loaded without a question?
  ~/.local/state/sleeper/repl_history   what was typed into \`sleeper repl\`
  sleeper-PID-TIME.sleeper   what \`sleeper record\` writes without --output`;

function addRun(program: Command): void {
  // The launcher (bin/sleeper) does it: this is here for the help, and for options in front of `run`.
  program
    .command('run')
    .summary('start a program with the agent preloaded')
    .description('Start a program with the agent preloaded; see `sleeper run --help`.')
    .argument('[command...]')
    .allowUnknownOption()
    .helpOption(false)
    .action((_words: string[], _options: object, command: Command) => {
      command.error('sleeper: `run` comes first: sleeper run -- COMMAND', { exitCode: exitCodes.usage });
    });
}

/** Builds the parser of the command line. */
export function createProgram(io: Io, exit: (code: number) => void): Command {
  const program = new Command('sleeper')
    .description(
      'Look into running Python processes: what every thread is doing, its variables, its open files.',
    )
    .version(sleeperVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp({ showGlobalOptions: true, helpWidth: 80 })
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: (text, write) => write(text.replace(/^error: /, 'sleeper: ')),
    })
    .showHelpAfterError('See `sleeper --help`.')
    .exitOverride();
  withGlobalOptions(program).addHelpText('after', examples);
  addRun(program);
  addDump(program, io, exit);
  addWhy(program, io, exit);
  addWatch(program, io, exit);
  addPs(program, io, exit);
  addFds(program, io, exit);
  addInject(program, io, exit);
  addRepl(program, io, exit);
  addRecord(program, io, exit);
  addReport(program, io, exit);
  addDoctor(program, io, exit);
  for (const command of program.commands)
    command.showHelpAfterError(`See \`sleeper ${command.name()} --help\`.`);
  return program;
}

/** Runs one command line and returns the exit code. @throws Interrupted */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  let code: number = exitCodes.ok;
  const program = createProgram(io, (chosen) => (code = chosen));
  try {
    if (argv.length === 0) {
      io.err(program.helpInformation());
      return exitCodes.usage;
    }
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    io.signal.throwIfAborted();
    if (error instanceof Interrupted) throw error;
    const failure = asSleeperError(error);
    reportFailure(io, failure, program.opts<GlobalOptions>());
    return exitCodes[failure.exit];
  }
}
