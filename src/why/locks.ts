import type { Thread } from '../model/snapshot.js';
import type { Value } from '../model/value.js';
import type { HeldBy } from '../model/why.js';
import { functionOf } from './libraryWaits.js';
import { framesOf, readable, selfOf, variable } from './stack.js';

/** A value that is a lock. */
export type LockValue = Value & { lock: NonNullable<Value['lock']> };

export function isLock(value: Value): value is LockValue {
  return value.lock !== undefined;
}

/**
 * The lock that a thread is blocked on: of the locks that its innermost frame has at hand the one that keeps who waits
 * for it where the thread waits. An RLock that is written in Python has a lock within, which is not what is spoken of.
 */
export function lockWaitedFor(thread: Thread): LockValue | null {
  const call = thread.kernel?.systemCall ?? null;
  const [frame] = framesOf(thread);
  if (call?.futex === undefined || call.futex === null || frame === undefined) return null;
  const here = [call.futex, call.parkedFor];
  const candidates = [
    ...readable(frame.variables),
    ...readable(frame.calledLocks),
    ...readable(frame.stackLocks),
  ];
  const found = candidates
    .filter(isLock)
    .filter(({ lock: { futex } }) => futex !== null && here.includes(futex));
  return found.find(({ lock }) => lock.kind !== 'Lock') ?? found[0] ?? null;
}

/**
 * Is it a lock that a class of the library has made in order to wait on it? Nobody holds it; somebody will release it,
 * when what is really waited for comes to pass.
 */
export function isPrivate(thread: Thread, lock: LockValue): boolean {
  const [frame] = framesOf(thread);
  if (frame === undefined) return false;
  switch (functionOf(frame)) {
    case 'threading.wait':
      return variable(frame, 'waiter')?.address === lock.address;
    case 'threading._wait_for_tstate_lock':
    case 'threading._shutdown':
      return true;
    case 'importlib._bootstrap.acquire':
      return selfOf(frame)?.type === '_ModuleLock';
    default:
      return false;
  }
}

/** `<locked _thread.lock object at 0x7f12>`, within the text of an object that has it in an attribute. */
function mentions(value: Value, address: string): boolean {
  return value.address === address || value.repr.includes(`at ${address}>`);
}

/**
 * Is a thread inside of a with statement on a lock? Not if it is in wait() of the Condition that works on the lock,
 * which has released it.
 */
function isWithin(thread: Thread, lock: LockValue): boolean {
  let released = false;
  return framesOf(thread).some((frame) => {
    const inWith = !released && readable(frame.stackLocks).some(({ address }) => address === lock.address);
    const self = functionOf(frame).endsWith('.wait') ? selfOf(frame) : null;
    if (self !== null && self.type.endsWith('Condition') && mentions(self, lock.address)) released = true;
    return inWith;
  });
}

function hasInVariable(thread: Thread, lock: LockValue): boolean {
  return framesOf(thread).some((frame) =>
    readable(frame.variables).some((value) => mentions(value, lock.address)),
  );
}

/** A thread, as the holder of what others wait for. */
export function held(thread: Thread, how: HeldBy['how'], inferred: boolean): HeldBy {
  return { tid: thread.tid, name: thread.python?.name ?? thread.kernel?.name ?? null, how, inferred };
}

/** The owner of what others wait for, if it is no thread of the process. */
export const gone: HeldBy = { tid: null, name: null, how: 'gone', inferred: false };

export interface Holder {
  /** Null: no thread of this process. */
  readonly thread: Thread | null;
  readonly heldBy: HeldBy;
}

/**
 * Who holds a lock. An RLock says so itself. A Lock does not: a thread inside of a with statement on it does; else, if
 * of the threads that do not wait for it a single one has it in a variable, probably that one.
 * @param waiters those that wait for the lock
 * @param complete whether these are all threads of the process
 */
export function holderOf(
  lock: LockValue,
  threads: readonly Thread[],
  waiters: readonly Thread[],
  complete: boolean,
): Holder | null {
  if (lock.lock.locked === false) return null;
  const { owner } = lock.lock;
  if (owner !== null) {
    const thread = threads.find(({ python }) => python?.ident === owner) ?? null;
    if (thread !== null) return { thread, heldBy: held(thread, 'owner', false) };
    return complete ? { thread, heldBy: gone } : null;
  }
  if (lock.lock.kind === 'SemLock') return null;
  const within = threads.filter((thread) => isWithin(thread, lock));
  const [inside] = within;
  if (inside !== undefined && within.length === 1)
    return { thread: inside, heldBy: held(inside, 'with', true) };
  const having = threads.filter((thread) => !waiters.includes(thread) && hasInVariable(thread, lock));
  const [one] = having;
  if (one !== undefined && within.length === 0 && having.length === 1)
    return { thread: one, heldBy: held(one, 'variable', true) };
  return null;
}
