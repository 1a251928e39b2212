import type { Command } from 'commander';
import type { Io } from '../io.js';
import type { DoctorCommandOptions } from '../runDoctor.js';

const examples = `
The process is not touched: not stopped, not traced, nothing is loaded into it.
gdb is tried on a process of our own. Exit code 0: sleeper can work; else that
of the first problem, which a command would end with.

Examples:
  sleeper doctor                can sleeper work on this machine?
  sleeper doctor 1234           and on this process? How would the agent get in?
  sleeper doctor 1234 --json | jq -r '.process.checks[].cure // empty'`;

/** `sleeper doctor [PID]` */
export function addDoctor(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('doctor')
    .summary('check whether sleeper can work on this machine and on a process')
    .description(
      'Check gdb, the agent and the permissions, and what would happen to a process, which is not touched.',
    )
    .argument('[pid]', 'process id')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (pid: string | undefined, _options: object, command: Command) => {
      const { runDoctor } = await import('../runDoctor.js');
      exit(await runDoctor(pid, io, command.optsWithGlobals<DoctorCommandOptions>()));
    });
}
