import type { ProfileNode, ProfileSpan } from './profile.js';

/** A frame from when it came onto the stack of its thread until it went. */
export interface Slice {
  readonly node: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** The innermost node that both stacks have; -1: none. */
function commonNode(nodes: readonly ProfileNode[], one: number, other: number): number {
  let [a, b] = [one, other];
  // A node's index is greater than its parent's.
  while (a !== b) {
    if (a > b) a = nodes[a]?.parent ?? -1;
    else b = nodes[b]?.parent ?? -1;
  }
  return a;
}

/**
 * What the spans of one thread look like on a time line: a frame that stays on the stack from one span to the next
 * is one slice. In the order in which they begin, callers first.
 */
export function slicesOf(nodes: readonly ProfileNode[], spans: readonly ProfileSpan[]): Slice[] {
  const slices: { node: number; startMs: number; endMs: number }[] = [];
  const open: { node: number; endMs: number }[] = [];
  const closeUpTo = (node: number, endMs: number): void => {
    while (open.length > 0 && open.at(-1)?.node !== node) {
      const slice = open.pop();
      if (slice !== undefined) slice.endMs = endMs;
    }
  };
  let current = -1;
  let lastMs = 0;
  for (const { node, startMs, endMs } of spans) {
    if (endMs <= startMs) continue;
    const common = startMs === lastMs ? commonNode(nodes, current, node) : -1;
    closeUpTo(common, lastMs);
    const path: number[] = [];
    for (let each = node; each !== common; each = nodes[each]?.parent ?? -1) path.push(each);
    for (const each of path.reverse()) {
      const slice = { node: each, startMs, endMs };
      slices.push(slice);
      open.push(slice);
    }
    current = node;
    lastMs = endMs;
  }
  closeUpTo(-1, lastMs);
  return slices;
}
