import { Option, type Command } from 'commander';
import { withInjectionOptions } from '../injection.js';
import type { Io } from '../io.js';
import { withProcessChoice } from '../processChoice.js';
import type { WhyCommandOptions } from '../runWhy.js';

const examples = `
The verdict comes first: a deadlock and who is in it, a lock whose owner is
gone, a GIL that is not given up ... or that the process is not hung, and what
its threads wait for. "(inferred)" marks what nothing in memory says outright.

Examples:
  sleeper why 1234
  sleeper why --tree 1234                   a server: which worker hangs?
  sleeper why --match 'celery.*mail'        those whose command line matches
  sleeper why --unit gunicorn.service       of a service; or --container ID
  sleeper why 1234 --json | jq -r .verdict  "hung" or "not hung": exit code 0
  sleeper why 1234 --json | jq '.findings[] | select(.hung) | .tids'`;

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
    .addHelpText('after', examples);
  withInjectionOptions(withProcessChoice(command)).action(
    async (words: string[], _options: object, parsed: Command) => {
      const { runWhy } = await import('../runWhy.js');
      exit(await runWhy(words, io, parsed.optsWithGlobals<WhyCommandOptions>()));
    },
  );
}
