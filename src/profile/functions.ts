import type { CallTree } from './callTree.js';
import { addCounts, noCounts, sumOf, type StateCounts } from './counts.js';
import type { ProfileFrame } from './profile.js';

/** The functions that frames are of, as frames with no line, and the index of each frame's function. What its variables were tells one from another. */
export function functionsOf(frames: readonly ProfileFrame[]): [functions: ProfileFrame[], indexes: number[]] {
  const functions: ProfileFrame[] = [];
  const known = new Map<string, number>();
  const indexes = frames.map((frame) => {
    const key = JSON.stringify([frame.function, frame.file, frame.native, frame.variables]);
    const index = known.get(key) ?? functions.push({ ...frame, line: null }) - 1;
    known.set(key, index);
    return index;
  });
  return [functions, indexes];
}

/** A function with its samples. */
export interface FunctionTotals {
  readonly function: string;
  readonly file: string;
  readonly native: boolean;
  /** What its variables were; null: not recorded, or not told apart. */
  readonly variables: string | null;
  /** The line that it was found at most often while it was innermost; null: never, or lines are not known. */
  readonly busiestLine: number | null;
  /** Samples that found it innermost. */
  readonly self: Readonly<StateCounts>;
  /** Samples that found it on the stack; once each, however often it calls itself. */
  readonly total: Readonly<StateCounts>;
}

/** For each node whether its function is not among its callers. */
function outermostOfFunction({ nodes, roots }: CallTree, functionOf: (frame: number) => number): Uint8Array {
  const outermost = new Uint8Array(nodes.length);
  const active = new Set<number>();
  // Depth first. ~node: all that it calls has been seen.
  const todo = roots.slice();
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const index = next < 0 ? ~next : next;
    const node = nodes[index];
    if (node === undefined) continue;
    const called = functionOf(node.frame);
    if (next < 0) {
      active.delete(called);
      continue;
    }
    if (!active.has(called)) {
      outermost[index] = 1;
      active.add(called);
      todo.push(~index);
    }
    for (const child of node.children) todo.push(child);
  }
  return outermost;
}

/** The functions of a profile, in no order. */
export function functionTotals(frames: readonly ProfileFrame[], tree: CallTree): FunctionTotals[] {
  const alike = frames.map((frame) => ({ ...frame, variables: null }));
  return totalsOf(alike, tree);
}

/** The functions whose variables were recorded, once for each of what they were. */
export function variablesTotals(frames: readonly ProfileFrame[], tree: CallTree): FunctionTotals[] {
  return totalsOf(frames, tree).filter(({ variables }) => variables !== null);
}

function totalsOf(frames: readonly ProfileFrame[], tree: CallTree): FunctionTotals[] {
  const [functions, indexes] = functionsOf(frames);
  const totals = functions.map(({ function: name, file, native, variables }) => ({
    function: name,
    file,
    native,
    variables,
    busiestLine: null as number | null,
    self: noCounts(),
    total: noCounts(),
  }));
  const functionOf = (frame: number): number => indexes[frame] ?? -1;
  const outermost = outermostOfFunction(tree, functionOf);
  const selfOfFrame = new Float64Array(frames.length);
  tree.nodes.forEach((node, index) => {
    const each = totals[functionOf(node.frame)];
    if (each === undefined) return;
    addCounts(each.self, node.self);
    if (outermost[index] === 1) addCounts(each.total, node.total);
    selfOfFrame[node.frame] = (selfOfFrame[node.frame] ?? 0) + sumOf(node.self);
  });
  const most = new Float64Array(totals.length);
  frames.forEach(({ line }, frame) => {
    const index = functionOf(frame);
    const each = totals[index];
    const self = selfOfFrame[frame] ?? 0;
    if (each === undefined || self <= (most[index] ?? 0)) return;
    most[index] = self;
    each.busiestLine = line;
  });
  return totals;
}
