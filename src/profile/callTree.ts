import { addCounts, noCounts, type StateCounts } from './counts.js';
import type { Profile } from './profile.js';

/** A node of the profile with its samples. */
export interface CallTreeNode {
  /** Index of the profile's `frames`. */
  readonly frame: number;
  /** Indexes of nodes. */
  readonly parent: number;
  readonly children: readonly number[];
  /** Samples that found it innermost. */
  readonly self: Readonly<StateCounts>;
  /** Samples that found it on the stack. */
  readonly total: Readonly<StateCounts>;
}

/** Who called whom, and how often that was found. */
export interface CallTree {
  /** As the profile's `nodes`, with the same indexes. */
  readonly nodes: readonly CallTreeNode[];
  /** The outermost nodes. */
  readonly roots: readonly number[];
  /** Samples with no Python frame: in no node. */
  readonly withoutFrames: Readonly<StateCounts>;
  readonly total: Readonly<StateCounts>;
}

/** The samples of all threads, by where they were found. */
export function callTree(profile: Profile): CallTree {
  const nodes = profile.nodes.map(({ frame, parent }) => ({
    frame,
    parent,
    children: [] as number[],
    self: noCounts(),
    total: noCounts(),
  }));
  const roots: number[] = [];
  nodes.forEach(({ parent }, index) => (nodes[parent]?.children ?? roots).push(index));
  const withoutFrames = noCounts();
  const total = noCounts();
  for (const { node, state, samples } of profile.spans) {
    (nodes[node]?.self ?? withoutFrames)[state] += samples;
    total[state] += samples;
  }
  // A node's index is greater than its parent's: backwards, whoever a node calls is complete before the node is.
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index];
    if (node === undefined) continue;
    addCounts(node.total, node.self);
    const parent = nodes[node.parent];
    if (parent !== undefined) addCounts(parent.total, node.total);
  }
  return { nodes, roots, withoutFrames, total };
}
