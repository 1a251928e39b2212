import type { AgentGreenlet, Greenlet } from '../model/greenlet.js';
import type { Thread } from '../model/snapshot.js';

/** The greenlet that a chain of parents begins with; itself where it has none that is known. */
function rootOf(greenlet: AgentGreenlet, byAddress: ReadonlyMap<string, AgentGreenlet>): AgentGreenlet {
  const seen = new Set<AgentGreenlet>();
  let root = greenlet;
  while (!seen.has(root)) {
    seen.add(root);
    root = byAddress.get(root.parent ?? '') ?? root;
  }
  return root;
}

/**
 * Which thread each greenlet belongs to. A greenlet runs on the C stack of its thread, and the C library keeps what it
 * knows of a thread, whose address is the thread's ident, above its stack; only that of the main thread is elsewhere,
 * below all stacks but its own. A greenlet without a place on a stack has the thread of those that have the same main
 * greenlet.
 * @param pid of the process, and so the id of its main thread
 */
export function placeGreenlets(
  greenlets: readonly AgentGreenlet[],
  threads: readonly Thread[],
  pid: number,
): Greenlet[] {
  const known = threads
    .flatMap(({ tid, python }) => (python === null ? [] : [{ tid, ident: BigInt(python.ident) }]))
    .sort((a, b) => (a.ident < b.ident ? -1 : 1));
  const byStack = (stack: string): number | null => {
    const above = known.find(({ ident }) => ident > BigInt(stack));
    return above === undefined ? pid : above.tid;
  };
  const byAddress = new Map(greenlets.map((each) => [each.address, each]));
  const byRoot = new Map<string, number | null>();
  for (const each of greenlets)
    if (each.stack !== null) byRoot.set(rootOf(each, byAddress).address, byStack(each.stack));
  return greenlets.map(({ stack, ...greenlet }) => ({
    ...greenlet,
    tid:
      stack === null
        ? (byRoot.get(rootOf({ stack, ...greenlet }, byAddress).address) ?? null)
        : byStack(stack),
  }));
}
