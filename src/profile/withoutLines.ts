import { functionsOf } from './functions.js';
import { NodeTable } from './nodeTable.js';
import type { Profile, ProfileSpan } from './profile.js';

/** Spans that follow each other and no longer differ, as one. */
function mergedSpans(spans: readonly ProfileSpan[]): ProfileSpan[] {
  const merged: ProfileSpan[] = [];
  const lastOfThread = new Map<number, number>();
  for (const span of spans) {
    const index = lastOfThread.get(span.thread) ?? -1;
    const last = merged[index];
    if (
      last?.node === span.node &&
      last.state === span.state &&
      last.holdsGil === span.holdsGil &&
      last.endMs === span.startMs
    ) {
      merged[index] = { ...last, samples: last.samples + span.samples, endMs: span.endMs };
    } else {
      lastOfThread.set(span.thread, merged.push(span) - 1);
    }
  }
  return merged;
}

/**
 * Functions, not lines: frames of the same function are one, whatever line they were at. As the line at which a
 * function begins is not known, this is all that grouping by function can mean.
 */
export function withoutLines(profile: Profile): Profile {
  const [frames, newFrame] = functionsOf(profile.frames);
  const table = new NodeTable(frames.length);
  const newNode: number[] = [];
  for (const { parent, frame } of profile.nodes) {
    newNode.push(table.index(newNode[parent] ?? -1, newFrame[frame] ?? -1));
  }
  return {
    ...profile,
    frames,
    nodes: table.nodes,
    spans: mergedSpans(profile.spans.map((span) => ({ ...span, node: newNode[span.node] ?? -1 }))),
  };
}
