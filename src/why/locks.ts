import type { Thread } from '../model/snapshot.js';
import type { Value } from '../model/value.js';
import type { HeldBy } from '../model/why.js';
import { functionOf } from './libraryWaits.js';
import type { Reach } from './lockReach.js';
import type { Roles } from './roles.js';
import { framesOf, readable, selfOf, variable } from './stack.js';

/** A value that is a lock. */
export type LockValue = Value & { lock: NonNullable<Value['lock']> };

export function isLock(value: Value): value is LockValue {
  return value.lock !== undefined;
}

/** Is it one of multiprocessing's, which other processes may have or release? */
export function isBetweenProcesses({ lock: { kind } }: LockValue): boolean {
  return kind === 'SemLock' || kind === 'Semaphore';
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

/** Who holds what is waited for, as far as that is known. */
export interface Holding {
  readonly holder: Holder | null;
  /**
   * Where the holder is not known: those that could have it, for they have it within reach, and do not wait for it
   * themselves. None: it may be anybody.
   */
  readonly mayHold: readonly Thread[];
  /** These are all that may have any lock, as it is in a container: a function that has returned may have taken it. */
  readonly open: boolean;
  /** Of these, those that look like who has it: not only does some object that they work on lead to it. */
  readonly likely: ReadonlySet<Thread>;
}

export const unknownHolder: Holding = { holder: null, mayHold: [], open: false, likely: new Set() };

function knownHolder(thread: Thread | null, heldBy: HeldBy): Holding {
  return { ...unknownHolder, holder: { thread, heldBy } };
}

/**
 * Those that have something within reach and do not wait for it.
 * @param busy those that may have a lock of which it is not seen who has it within reach
 */
function othersWithin(
  { within, having, contained }: Reach,
  waiters: ReadonlySet<Thread>,
  busy: readonly Thread[],
): Thread[] {
  const all = contained.size === 0 ? [...within, ...having] : [...within, ...having, ...busy];
  return [...new Set(all)].filter((thread) => !waiters.has(thread));
}

/**
 * Who holds a lock. An RLock says so itself. A Lock does not: a thread inside of a with statement on it does; else, if
 * of the threads that do not wait for it a single one has it within reach, probably that one.
 * @param waiters those that wait for the lock
 * @param busy those that may have it if it is in a container
 */
export function holderOf(
  value: LockValue,
  reach: Reach,
  waiters: ReadonlySet<Thread>,
  { byIdent, complete }: Roles,
  busy: readonly Thread[],
): Holding {
  const { lock } = value;
  const { within, near } = reach;
  if (lock.locked === false) return unknownHolder;
  if (lock.owner !== null) {
    const thread = byIdent.get(lock.owner) ?? null;
    if (thread !== null) return knownHolder(thread, held(thread, 'owner', false));
    return complete ? knownHolder(null, gone) : unknownHolder;
  }
  if (isBetweenProcesses(value)) return unknownHolder;
  const [inside] = within;
  if (inside !== undefined && within.size === 1) return knownHolder(inside, held(inside, 'with', true));
  const mayHold = othersWithin(reach, waiters, busy);
  const [one] = mayHold;
  if (one !== undefined && within.size === 0 && mayHold.length === 1)
    return knownHolder(one, held(one, 'variable', true));
  const open = reach.contained.size > 0;
  return { holder: null, mayHold, open, likely: within.size > 0 ? within : near };
}

/** Who holds a Semaphore: any number of threads, each of which, and any other that it is within reach of, may release it. */
export function holdersOfSemaphore(
  reach: Reach,
  waiters: ReadonlySet<Thread>,
  busy: readonly Thread[],
): Holding {
  const open = reach.contained.size > 0;
  return { holder: null, mayHold: othersWithin(reach, waiters, busy), open, likely: reach.within };
}
