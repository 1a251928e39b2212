import type { Frame } from '../model/frame.js';
import type { Snapshot } from '../model/snapshot.js';
import { framesOf, readable } from './stack.js';

/** A BoundedSemaphore, within the text of what it is an attribute of, too. */
const mention =
  /multiprocessing\.synchronize\.BoundedSemaphore object at 0x[0-9a-f]+ \{[^{}]*?SemLock object at (0x[0-9a-f]+)>/g;

type Variable = NonNullable<Frame['variables']>[number];
type Lock = NonNullable<Frame['stackLocks']>[number];

/** The addresses of what BoundedSemaphores of multiprocessing are made of, as far as frames have them at hand. */
function boundedSemaphoresOf({ threads }: Snapshot): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { variables, stackLocks, globalLocks } of threads.flatMap(framesOf)) {
    for (const { repr } of readable(variables))
      for (const [, address = ''] of repr.matchAll(mention)) found.add(address);
    for (const { address, boundedSemaphore } of [...readable(stackLocks), ...readable(globalLocks)])
      if (boundedSemaphore === true) found.add(address);
  }
  return found;
}

/**
 * The same snapshot, where a BoundedSemaphore of one is told from a Lock of multiprocessing. In C they are the same; but
 * who has acquired it does not own it, and any process may release it.
 */
export function withBoundedSemaphores(snapshot: Snapshot): Snapshot {
  const bounded = boundedSemaphoresOf(snapshot);
  if (bounded.size === 0) return snapshot;
  const told = <T extends Variable | Lock>(value: T): T =>
    'error' in value || value.lock?.kind !== 'SemLock' || !bounded.has(value.address)
      ? value
      : { ...value, lock: { ...value.lock, kind: 'Semaphore', owner: null } };
  const toldIn = (frame: Frame): Frame => {
    const { variables, stackLocks, globalLocks, calledLocks } = frame;
    return {
      ...frame,
      ...(variables === undefined ? {} : { variables: variables.map(told) }),
      ...(stackLocks === undefined ? {} : { stackLocks: stackLocks.map(told) }),
      ...(globalLocks === undefined ? {} : { globalLocks: globalLocks.map(told) }),
      ...(calledLocks === undefined ? {} : { calledLocks: calledLocks.map(told) }),
    };
  };
  const threads = snapshot.threads.map((thread) =>
    thread.python === null
      ? thread
      : {
          ...thread,
          python: {
            ...thread.python,
            frames: thread.python.frames.map((frame) => ('error' in frame ? frame : toldIn(frame))),
          },
        },
  );
  return { ...snapshot, threads };
}
