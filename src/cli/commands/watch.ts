import { Option, type Command } from 'commander';
import { withInjectionOptions } from '../injection.js';
import type { Io } from '../io.js';
import { interval } from '../options.js';
import type { WatchCommandOptions } from '../runWatch.js';

const examples = `
A hang is: what \`sleeper why\` calls hung, a deadlock for example, for as long as
--hang says; or the main thread, or the one that --thread names, has not gone on
for as long, and does not merely wait for work. docs/watch.md has all of it.

Examples:
  sleeper watch 1234 --hang 30s --output hangs
  sleeper watch 1234 --output hangs --exec 'mail me < "$SLEEPER_DUMP"'
  sleeper watch 1234 --output hangs --heartbeat /run/app/alive
  sleeper watch 1234 --output hangs --thread worker-1
  sleeper watch 1234 -o hangs --json | jq -r 'select(.event == "hang").reason'

It ends when the process does, with exit code 0, or on Ctrl-C or SIGTERM, with
130 or 143. The hook of --exec gets SLEEPER_PID, SLEEPER_VERDICT, SLEEPER_DUMP
and SLEEPER_DUMP_JSON.`;

/** `sleeper watch PID...` */
export function addWatch(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('watch')
    .summary('stay by a process, and write down what it does when it hangs')
    .description(
      'Watch Python processes from outside. When one hangs, write a dump and the verdict, once for each hang.',
    )
    .argument('<pid...>', 'process ids')
    .option('-o, --output <directory>', 'where to write; made if it is not there', '.')
    .addOption(
      new Option('--hang <time>', 'so long without progress is a hang: 500ms, 30s, 5m')
        .argParser(interval)
        .default(30_000, '30s'),
    )
    .option('--thread <tid|name>', 'the thread whose progress counts, in place of the main thread')
    .addOption(
      new Option(
        '--heartbeat <file>',
        'the program touches this file: that alone counts as progress',
      ).conflicts('thread'),
    )
    .option('--strict', 'waiting for work is no progress, either: for a program that is never idle')
    .option('--exec <command>', 'run this in a shell after a hang was written')
    .option('--json', 'tell what happens as JSON, a line for each event')
    .addHelpText('after', examples);
  withInjectionOptions(command).action(async (words: string[], _options: object, parsed: Command) => {
    const { runWatch } = await import('../runWatch.js');
    exit(await runWatch(words, io, parsed.optsWithGlobals<WatchCommandOptions>()));
  });
}
