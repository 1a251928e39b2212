import { recordingErrors } from '../recordingErrors.js';
import type { Profile } from '../profile/profile.js';
import { outputWidth, wantsColour, type Io } from './io.js';
import { chosenFormat, viewOf, writeResult, type ProfileViewOptions } from './profileOutput.js';

/**
 * Shows how the second profile differs from the first: as text or as a flame graph.
 * @throws SleeperError
 */
export async function showDifference(
  before: Profile,
  after: Profile,
  io: Io,
  options: ProfileViewOptions,
): Promise<void> {
  const { name } = chosenFormat(options);
  const views = [await viewOf(before, options), await viewOf(after, options)] as const;
  if (name === 'flamegraph') {
    const { renderFlamegraphDiff } = await import('../render/flamegraph/renderFlamegraphDiff.js');
    writeResult(renderFlamegraphDiff(...views), io, options);
  } else if (name === 'text') {
    const { renderDiffSummary } = await import('../render/diff/renderDiffSummary.js');
    const toTerminal = options.output === undefined;
    writeResult(
      renderDiffSummary(...views, {
        colour: toTerminal && wantsColour(io, io.outputIsTerminal, options.color),
        width: toTerminal ? outputWidth(io) : Infinity,
      }),
      io,
      options,
    );
  } else {
    throw recordingErrors.noDifferenceAs(name);
  }
}
