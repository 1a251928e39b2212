import type { ProfileNode } from './profile.js';

/** Nodes for a new profile, each path once. */
export class NodeTable {
  readonly nodes: ProfileNode[] = [];
  private readonly known = new Map<number, number>();

  /** @param frames how many frames there are */
  constructor(private readonly frames: number) {}

  /** The node of `frame` called by the node `parent`. */
  index(parent: number, frame: number): number {
    const key = (parent + 1) * this.frames + frame;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const index = this.nodes.push({ parent, frame }) - 1;
    this.known.set(key, index);
    return index;
  }
}
