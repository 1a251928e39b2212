import { callTree } from '../../profile/callTree.js';
import { sumOf } from '../../profile/counts.js';
import { withoutEmptyStacks } from '../../profile/pseudoFrames.js';
import type { Profile } from '../../profile/profile.js';
import { frameText } from './frameText.js';
import { bufferOf } from './pieces.js';

/**
 * Semicolons separate frames. A number after a space at the end would be taken for the count, or for a second one.
 */
function foldable(text: string): string {
  return text.replaceAll(';', '\\x3b').replace(/ (?=[\d.]+$)/, '\\x20');
}

function* lines(profile: Profile): Generator<string> {
  const { frames, meta } = profile;
  const texts = frames.map((frame) => foldable(frameText(frame, meta.process.workingDirectory)));
  const { nodes } = callTree(profile);
  const stacks: string[] = [];
  for (const { parent, frame, self } of nodes) {
    const outer = stacks[parent];
    const text = texts[frame] ?? '';
    const stack = outer === undefined ? text : `${outer};${text}`;
    stacks.push(stack);
    const samples = sumOf(self);
    if (samples > 0) yield `${stack} ${samples}\n`;
  }
}

/** Folded stacks, `outer;inner 12`: for flamegraph.pl, inferno, speedscope. There is no room for the metadata. */
export function renderFolded(profile: Profile): Buffer {
  return bufferOf(lines(withoutEmptyStacks(profile)));
}
