import type { Command } from 'commander';
import { recordingErrors } from '../recordingErrors.js';
import type { Profile } from '../profile/profile.js';
import { outputWidth, wantsColour, type Io } from './io.js';
import type { GlobalOptions } from './options.js';
import { openOutputFile } from './outputFile.js';
import { formatNamed, formatOfFile, profileFormats, type ProfileFormat } from './profileFormats.js';

/** The options of every command that shows a profile. */
export interface ProfileViewOptions extends GlobalOptions {
  readonly output?: string;
  readonly format?: ProfileFormat;
  readonly gil?: true;
  readonly idle?: boolean;
  readonly threads?: true;
  readonly function?: true;
  readonly lines?: boolean;
  readonly nativeAll?: true;
}

export function withProfileViewOptions(command: Command): Command {
  const names = profileFormats.map(({ name, what }) => `${name} (${what})`).join(', ');
  return command
    .option('-o, --output <file>', 'write to a file; its name tells the format: .svg, .html, .json ...')
    .option('-f, --format <format>', `one of ${names}`, formatNamed)
    .option('-t, --threads', 'a stack begins with its thread')
    .option('-g, --gil', 'only what held the GIL')
    .option('-i, --idle', 'threads that wait, too (the default)')
    .option('--no-idle', 'only threads that ran, or waited for the GIL')
    .option('-F, --function', 'whole functions, not their lines')
    .option('--no-lines', 'the same')
    .option('--native-all', "of what --native has recorded, the interpreter's own functions of C, too");
}

/** The format that is wanted. For a file it is the one that its name means, else a flame graph; on the terminal text. */
export function chosenFormat({ format, output }: ProfileViewOptions): ProfileFormat {
  return (
    format ??
    (output === undefined ? null : formatOfFile(output)) ??
    formatNamed(output === undefined ? 'text' : 'flamegraph')
  );
}

/** A profile as the options want to see it. */
export async function viewOf(profile: Profile, options: ProfileViewOptions): Promise<Profile> {
  const [{ onlyHoldingGil, withoutIdle, withoutInternals }, { byProcess, byThread }, { withoutLines }] =
    await Promise.all([
      import('../profile/filters.js'),
      import('../profile/pseudoFrames.js'),
      import('../profile/withoutLines.js'),
    ]);
  let view = options.nativeAll === true ? profile : withoutInternals(profile);
  if (options.gil === true) view = onlyHoldingGil(view);
  if (options.idle === false) view = withoutIdle(view);
  if (options.function === true || options.lines === false) view = withoutLines(view);
  if (options.threads === true) view = byThread(view);
  return byProcess(view);
}

/**
 * What speaks against showing a profile so is better known before it is made.
 * @throws SleeperError
 */
export function assertShowable(io: Io, options: ProfileViewOptions): void {
  const { name, binary } = chosenFormat(options);
  if (options.output === undefined && binary === true && io.outputIsTerminal)
    throw recordingErrors.binaryToTerminal(name);
}

/**
 * Shows a profile as the options say.
 * @throws SleeperError
 */
export async function showProfile(profile: Profile, io: Io, options: ProfileViewOptions): Promise<void> {
  assertShowable(io, options);
  const format = chosenFormat(options);
  const { output } = options;
  const colour = output === undefined && wantsColour(io, io.outputIsTerminal, options.color);
  const width = output === undefined ? outputWidth(io) : Infinity;
  const rendered = await format.render(await viewOf(profile, options), { colour, width });
  writeResult(rendered, io, options);
}

/**
 * Writes what was rendered to stdout, or to a file, which appears whole or not at all.
 * @throws SleeperError
 */
export function writeResult(
  rendered: string | Uint8Array,
  io: Io,
  { output }: Pick<ProfileViewOptions, 'output'>,
): void {
  if (output === undefined) {
    io.out(rendered);
    return;
  }
  const file = openOutputFile(output);
  try {
    file.commit(rendered);
  } finally {
    file.discard();
  }
}
