import type { CallTree } from '../../profile/callTree.js';

/**
 * A flame graph, as the script in the SVG is given it, too: in columns, because that is a third of the size. The
 * nodes of a tree follow each other, depth first, in the order in which they are drawn.
 */
export interface FlameGraph {
  /** Which details there are: of one recording, the samples that waited for the GIL and the idle ones; of two, the
   * samples of the first and of the second. */
  readonly kind: 'samples' | 'change';
  /** By frame: its name and where it is. Safe to print. */
  readonly names: readonly string[];
  readonly places: readonly string[];
  /** By node. */
  readonly frames: readonly number[];
  /** By node; -1: the root of a tree. */
  readonly parents: readonly number[];
  /** By node: the samples that it is as wide as. */
  readonly weights: readonly number[];
  /** By node: index of `palette`. */
  readonly fills: readonly number[];
  readonly details: readonly [readonly number[], readonly number[]];
  readonly palette: readonly string[];
  readonly trees: readonly FlameTree[];
  /** The samples of the recording, or of both. */
  readonly samples: readonly [number] | readonly [number, number];
}

export interface FlameTree {
  /** The node that stands for all samples. */
  readonly root: number;
  /** The samples that the whole width stands for. */
  readonly whole: number;
  /** Above the tree; empty: nothing. */
  readonly heading: string;
}

/** What is said of a node. */
export interface FlameNode {
  /** Left out if it is 0. */
  readonly weight: number;
  readonly fill: string;
  readonly details: readonly [number, number];
}

/** A tree to draw. */
export interface TreeToDraw {
  readonly tree: Pick<CallTree, 'nodes' | 'roots'>;
  readonly root: FlameNode;
  readonly node: (index: number) => FlameNode;
  readonly whole: number;
  readonly heading: string;
}

/** For each frame its place in the alphabet: siblings keep their order from one recording to the next. */
function ranks(names: readonly string[], places: readonly string[]): number[] {
  const sorted = names
    .map((name, frame) => ({ frame, text: `${name} ${places[frame] ?? ''}` }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.frame - b.frame));
  const rank: number[] = [];
  sorted.forEach(({ frame }, index) => (rank[frame] = index));
  return rank;
}

/** Puts trees of frames into the columns of a graph, each below a root "all". */
export function flameGraph(
  about: Pick<FlameGraph, 'kind' | 'names' | 'places' | 'samples'>,
  trees: readonly TreeToDraw[],
): FlameGraph {
  const rank = ranks(about.names, about.places);
  const palette = new Map<string, number>();
  const frames: number[] = [];
  const parents: number[] = [];
  const weights: number[] = [];
  const fills: number[] = [];
  const details: [number[], number[]] = [[], []];
  const add = (frame: number, parent: number, node: FlameNode): number => {
    const fill = palette.get(node.fill) ?? palette.size;
    palette.set(node.fill, fill);
    fills.push(fill);
    parents.push(parent);
    weights.push(node.weight);
    details[0].push(node.details[0]);
    details[1].push(node.details[1]);
    return frames.push(frame) - 1;
  };
  const placed = trees.map(({ tree, root: all, node: nodeOf, whole, heading }): FlameTree => {
    const rankOf = (index: number): number => rank[tree.nodes[index]?.frame ?? -1] ?? -1;
    // The last one is taken first.
    const backwards = (siblings: readonly number[]): number[] =>
      siblings.toSorted((a, b) => rankOf(b) - rankOf(a));
    const root = add(about.names.length, -1, all);
    const todo = backwards(tree.roots).map((index) => ({ index, parent: root }));
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const source = tree.nodes[next.index];
      const node = nodeOf(next.index);
      if (source === undefined || node.weight === 0) continue;
      const parent = add(source.frame, next.parent, node);
      for (const index of backwards(source.children)) todo.push({ index, parent });
    }
    return { root, whole, heading };
  });
  return {
    ...about,
    names: [...about.names, 'all'],
    places: [...about.places, ''],
    frames,
    parents,
    weights,
    fills,
    details,
    palette: [...palette.keys()],
    trees: placed,
  };
}
