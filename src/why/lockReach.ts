import type { Thread } from '../model/snapshot.js';
import type { Value } from '../model/value.js';
import { functionOf } from './libraryWaits.js';
import { framesOf, readable, selfOf } from './stack.js';

/** The threads that could have a lock, as far as their frames show. */
export interface Reach {
  /** Those inside of a with statement on it. */
  readonly within: ReadonlySet<Thread>;
  /** Those that have it in a variable, or somewhere in the object that a variable is, or whose code names it as a global. */
  readonly having: ReadonlySet<Thread>;
  /** Of these, those that have it in a variable or global itself or in an attribute of one, as who has called its acquire() does. */
  readonly near: ReadonlySet<Thread>;
  /** Those whose code names a global container that it is in. Any function may do so, and who has called that has it. */
  readonly contained: ReadonlySet<Thread>;
}

type GrowingReach = { readonly [Key in keyof Reach]: Set<Thread> };

/** `<locked _thread.lock object at 0x7f12>`, within the text of an object that has it. */
const mention = /at (0x[0-9a-f]+)>/g;

/** The addresses of a value and of all that its text shows, each with how deep in it that is. */
function* addressesIn({ address, repr }: Value): Generator<readonly [address: string, depth: number]> {
  yield [address, 0];
  let depth = 0;
  let end = 0;
  for (const match of repr.matchAll(mention)) {
    const between = repr.slice(end, match.index);
    end = match.index;
    depth += (between.match(/[[{(]/g)?.length ?? 0) - (between.match(/[\]})]/g)?.length ?? 0);
    yield [match[1] ?? '', depth];
  }
}

/** Who waits in wait() of a Condition has released the lock that it works on. */
function releasedBy(thread: Thread): ReadonlySet<string> {
  const conditions = framesOf(thread)
    .filter((frame) => functionOf(frame).endsWith('.wait'))
    .flatMap((frame) => selfOf(frame) ?? [])
    .filter(({ type }) => type.endsWith('Condition'));
  return new Set(conditions.flatMap((self) => [...addressesIn(self)].map(([address]) => address)));
}

function nowhere(): GrowingReach {
  return { within: new Set(), having: new Set(), near: new Set(), contained: new Set() };
}

/** Who could have each of some locks, by their addresses. All threads are gone through once, however many locks there are. */
export function reachOf(locks: ReadonlySet<string>, threads: readonly Thread[]): (address: string) => Reach {
  const found = new Map<string, GrowingReach>();
  for (const address of locks) found.set(address, nowhere());
  for (const thread of locks.size === 0 ? [] : threads) {
    const released = releasedBy(thread);
    const reachTo = (address: string): GrowingReach | undefined =>
      released.has(address) ? undefined : found.get(address);
    for (const { stackLocks, globalLocks, containedLocks, variables } of framesOf(thread)) {
      for (const { address } of readable(stackLocks)) reachTo(address)?.within.add(thread);
      for (const { address } of readable(globalLocks)) {
        reachTo(address)?.having.add(thread);
        reachTo(address)?.near.add(thread);
      }
      for (const address of containedLocks ?? []) {
        reachTo(address)?.having.add(thread);
        reachTo(address)?.near.add(thread);
        reachTo(address)?.contained.add(thread);
      }
      for (const value of readable(variables)) {
        for (const [address, depth] of addressesIn(value)) {
          const reach = reachTo(address);
          reach?.having.add(thread);
          if (depth <= 1) reach?.near.add(thread);
        }
      }
    }
  }
  const nobody = nowhere();
  return (address) => found.get(address) ?? nobody;
}
