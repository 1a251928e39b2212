import { NodeTable } from './nodeTable.js';
import type { Profile, ProfileSpan } from './profile.js';

/** The items that are used, and the new index of each: -1 where it is not used. */
function compacted<Item>(items: readonly Item[], used: Uint8Array): [kept: Item[], indexes: Int32Array] {
  const indexes = new Int32Array(items.length).fill(-1);
  const kept = items.filter((_, index) => used[index] === 1);
  let next = 0;
  used.forEach((each, index) => {
    if (each === 1) indexes[index] = next++;
  });
  return [kept, indexes];
}

/** Only these spans, and of the code only what they were found in. Threads stay, even with no span left. */
function keepSpans(profile: Profile, keep: (span: ProfileSpan) => boolean): Profile {
  const spans = profile.spans.filter(keep);
  const usedNodes = new Uint8Array(profile.nodes.length);
  for (const { node } of spans) if (node >= 0) usedNodes[node] = 1;
  const usedFrames = new Uint8Array(profile.frames.length);
  for (let index = profile.nodes.length - 1; index >= 0; index--) {
    const node = profile.nodes[index];
    if (usedNodes[index] !== 1 || node === undefined) continue;
    usedFrames[node.frame] = 1;
    if (node.parent >= 0) usedNodes[node.parent] = 1;
  }
  const [frames, newFrame] = compacted(profile.frames, usedFrames);
  const [nodes, newNode] = compacted(profile.nodes, usedNodes);
  return {
    ...profile,
    frames,
    nodes: nodes.map(({ parent, frame }) => ({
      parent: newNode[parent] ?? -1,
      frame: newFrame[frame] ?? -1,
    })),
    spans: spans.map((span) => ({ ...span, node: newNode[span.node] ?? -1 })),
  };
}

/** Only what threads did while they held the GIL. */
export function onlyHoldingGil(profile: Profile): Profile {
  return keepSpans(profile, ({ holdsGil }) => holdsGil);
}

/** Without what threads waited in for anything but the GIL. */
export function withoutIdle(profile: Profile): Profile {
  return keepSpans(profile, ({ state }) => state !== 'idle');
}

/** Without the functions of C of the interpreter itself: what they did is told of those that called them. */
export function withoutInternals(profile: Profile): Profile {
  if (!profile.frames.some(({ internal }) => internal)) return profile;
  const table = new NodeTable(profile.frames.length);
  const newNode: number[] = [];
  for (const { parent, frame } of profile.nodes) {
    const caller = newNode[parent] ?? -1;
    newNode.push(profile.frames[frame]?.internal === true ? caller : table.index(caller, frame));
  }
  const spans = profile.spans.map((span) => ({ ...span, node: newNode[span.node] ?? -1 }));
  return keepSpans({ ...profile, nodes: table.nodes, spans }, () => true);
}
