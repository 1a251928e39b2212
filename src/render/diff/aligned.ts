import { functionsOf } from '../../profile/functions.js';
import { NodeTable } from '../../profile/nodeTable.js';
import type { Profile, ProfileFrame } from '../../profile/profile.js';
import { shortPath } from '../paths.js';

/** Files as they are called wherever the program is installed: another release, another Python. */
function withShortFiles({ frames, meta }: Profile): ProfileFrame[] {
  return frames.map((frame) => ({ ...frame, file: shortPath(frame.file, meta.process.workingDirectory) }));
}

/**
 * Two recordings as profiles that have the same frames and nodes, so that what they say of each can be compared.
 * Lines are not told apart: a line that was added above a function would make it another one.
 */
export function aligned(before: Profile, after: Profile): [before: Profile, after: Profile] {
  const [frames, frameIndexes] = functionsOf([...withShortFiles(before), ...withShortFiles(after)]);
  const table = new NodeTable(frames.length);
  const moved = (profile: Profile, firstFrame: number): Profile => {
    const newNode: number[] = [];
    for (const { parent, frame } of profile.nodes) {
      newNode.push(table.index(newNode[parent] ?? -1, frameIndexes[firstFrame + frame] ?? -1));
    }
    const spans = profile.spans.map((span) => ({ ...span, node: newNode[span.node] ?? -1 }));
    return { ...profile, frames, nodes: table.nodes, spans };
  };
  return [moved(before, 0), moved(after, before.frames.length)];
}
