import type { Command } from 'commander';
import { exitCodes } from '../../errors.js';
import { recordingErrors } from '../../recordingErrors.js';
import type { Io } from '../io.js';
import { withProgress } from '../progress.js';
import {
  assertShowable,
  showProfile,
  withProfileViewOptions,
  type ProfileViewOptions,
} from '../profileOutput.js';

interface ReportCommandOptions extends ProfileViewOptions {
  readonly diff?: string;
}

const examples = `
Examples:
  sleeper report sleeper-1234.sleeper          where the time went
  sleeper report app.sleeper -o app.html       a page to look around in
  sleeper report app.sleeper -o app.pb.gz      for \`go tool pprof\`
  sleeper report a.sleeper --diff b.sleeper    what has become slower?
  sleeper report app.sleeper --no-idle --threads -o app.svg

A recording that is still being made, or was cut off, can be reported on, too.`;

async function run(path: string, io: Io, options: ReportCommandOptions): Promise<number> {
  // A recording is what reports are made of: it is not replaced by one, not even by mistake.
  if (options.output?.endsWith('.sleeper') === true)
    throw recordingErrors.reportOverRecording(options.output);
  assertShowable(io, options);
  const { readRecording } = await import('../../profile/readRecording.js');
  const profile = await withProgress(io, `Reading ${path}`, readRecording(path));
  if (options.diff === undefined) {
    await showProfile(profile, io, options);
  } else {
    const { showDifference } = await import('../profileDifference.js');
    const other = await withProgress(io, `Reading ${options.diff}`, readRecording(options.diff));
    await showDifference(profile, other, io, options);
  }
  return exitCodes.ok;
}

/** `sleeper report FILE` */
export function addReport(program: Command, io: Io, exit: (code: number) => void): void {
  const report = program
    .command('report')
    .summary('show a recording, or compare two')
    .description('Show what `sleeper record` has recorded, in any format, as often as you like.')
    .argument('<file>', 'a recording')
    .option('--diff <file>', 'show how this recording differs from the first one: text or flamegraph')
    .addHelpText('after', examples);
  withProfileViewOptions(report).action(async (path: string, _options: object, command: Command) => {
    exit(await run(path, io, command.optsWithGlobals<ReportCommandOptions>()));
  });
}
