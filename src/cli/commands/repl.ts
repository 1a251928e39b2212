import type { Command } from 'commander';
import type { Io } from '../io.js';
import type { ReplCommandOptions } from '../runRepl.js';

const examples = `
Examples:
  sleeper repl 1234                 look around; \`help\` lists the verbs
  echo bt | sleeper repl 1234       commands from a pipe or a file
  sleeper repl 1234 -c 'thread worker-1' -c 'bt full'
  sleeper repl 1234 --json -c threads | jq '.result.threads[].name'

The process runs on between commands, except while it is paused. However you
leave, it is left running and untraced. JSON: each command gives one document,
{"command", "ok": true, "result"} or {"command", "ok": false, "error"}. Without
a terminal, or with -c, the exit code is 1 if a command failed.`;

function repeated(command: string, before: readonly string[] = []): string[] {
  return [...before, command];
}

/** `sleeper repl PID` */
export function addRepl(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('repl')
    .summary('look around in a Python process, with the verbs of pdb and gdb')
    .description(
      'Look around in a Python process: threads, frames, variables, expressions, with the verbs of pdb and gdb.',
    )
    .argument('<pid>', 'process id')
    .option('-c, --command <command>', 'do this and leave; may be given more than once', repeated)
    .option('--json', 'print a JSON document for each command')
    .option('--no-inject', 'leave a process alone that runs without the agent')
    .option('-y, --yes', 'do not ask: before statements are executed in the process, or the agent is loaded')
    .addHelpText('after', examples)
    .action(async (pid: string, _options: object, command: Command) => {
      const { runRepl } = await import('../runRepl.js');
      exit(await runRepl(pid, io, command.optsWithGlobals<ReplCommandOptions>()));
    });
}
