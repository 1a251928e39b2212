import type { Command } from 'commander';
import type { Io } from '../io.js';
import { withInjectionOptions } from '../injection.js';
import { interval, localsAt, mebibytes, positive, seconds, share } from '../options.js';
import { withProfileViewOptions } from '../profileOutput.js';
import type { RecordCommandOptions } from '../runRecord.js';

const examples = `
Examples:
  sleeper record -p 1234                      until Ctrl-C; then a summary
  sleeper record -p 1234 -d 60 -o prof.svg    a minute, as a flame graph
  sleeper record -p 1234 -n -o prof.svg       with the functions of C
  sleeper record -p 1234 --locals-at f:path   for which paths f() takes how long
  sleeper record -p 1234 --every 15s -o today.html      now and then, all day
  sleeper record -o prof.html -- python3 app.py         from start to end
  sleeper record -p 1234 -d 60 -o app.sleeper           for \`sleeper report\`

All that is recorded goes to a file at once, and \`sleeper report\` shows it in
any format, also if the recording was cut off. Ctrl-C ends a recording; a second
one breaks it off.`;

/** `sleeper record` */
export function addRecord(program: Command, io: Io, exit: (code: number) => void): void {
  const record = program
    .command('record')
    .summary('sample a process: where does its time go?')
    .description(
      'Poke a Python process periodically and record the stacks of all its threads. Wall-clock time: threads that wait count too.',
    )
    .argument('[command...]', 'after --: a program to start and record')
    .option('-p, --pid <pid>', 'the process to record')
    .option(
      '-d, --duration <seconds>',
      'end after this time (default: Ctrl-C, or the end of the process)',
      seconds,
    )
    .option('-r, --rate <hz>', 'samples a second', positive, 10)
    .option('-s, --subprocesses', 'the Python processes below it, too, also those that it starts later')
    .option('-n, --native', 'the functions of C, too, between those of Python and below them')
    .option(
      '--locals-at <function>',
      "this function's variables, too; `NAME:VARIABLE,...` for some of them",
      localsAt,
    )
    .option('--every <time>', 'instead of --rate: a sample every 15s, 5m, 1h ...', interval)
    .option(
      '--max-pause-share <percent>',
      'slow down rather than stop the process for more of the time',
      share,
      5,
    )
    .option(
      '--buffer <MiB>',
      'the memory that the recording may have in the process, 1 to 256',
      mebibytes,
      4,
    );
  withInjectionOptions(withProfileViewOptions(record))
    .addHelpText('after', examples)
    .action(async (words: string[], _options: object, command: Command) => {
      const { runRecord } = await import('../runRecord.js');
      exit(await runRecord(words, io, command.optsWithGlobals<RecordCommandOptions>()));
    });
}
