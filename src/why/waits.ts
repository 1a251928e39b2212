import type { Snapshot, Thread } from '../model/snapshot.js';
import type { Value } from '../model/value.js';
import type { Wait } from '../model/why.js';
import type { KernelFacts } from '../model/kernelFacts.js';
import { taskWaitsOf, type TaskWait } from '../tasks/taskWaits.js';
import { tasksInGeneral } from '../tasks/taskWords.js';
import { awaitedWork } from './awaitedWork.js';
import { asTask } from './celeryWaits.js';
import { toldAsConversation } from './conversations.js';
import { functionOf, libraryWait, type LibraryWait } from './libraryWaits.js';
import { reachOf } from './lockReach.js';
import {
  gone,
  held,
  holderOf,
  holdersOfSemaphore,
  isBetweenProcesses,
  isPrivate,
  lockWaitedFor,
  unknownHolder,
  type Holder,
  type Holding,
  type LockValue,
} from './locks.js';
import { mutexWait } from './mutexes.js';
import { rolesOf, runnerOf, type Roles } from './roles.js';
import { sharedName } from './sharedLocks.js';
import { framesOf, isLibrary, readable, selfOf, variable } from './stack.js';
import { hasTimeout, systemCallWait } from './systemCallWaits.js';
import { withStuckWorkers } from './threadPools.js';
import { nameOf, objectText } from './words.js';

/** What a thread waits for, and the thread that could end it. */
export interface ThreadWait {
  readonly thread: Thread;
  /** Null: it runs. */
  readonly wait: Wait | null;
  /** The thread of this process that it depends on. */
  readonly on: Thread | null;
  /** The lock of Python's that it waits for. */
  readonly lock: LockValue | null;
  /** Who holds that lock, or the Semaphore that it waits for. */
  readonly holding: Holding;
}

/** What is known of all threads together when one asks what each of them waits for. */
interface Look {
  readonly snapshot: Snapshot;
  readonly facts: KernelFacts;
  readonly roles: Roles;
  /** The lock of Python's that each blocked thread waits for. */
  readonly locks: ReadonlyMap<Thread, LockValue>;
  /** What in the library each blocked thread waits for. */
  readonly found: ReadonlyMap<Thread, LibraryWait>;
  /** Who holds a lock, or a Semaphore of threading, that a thread waits for, by its address. */
  readonly holdings: ReadonlyMap<string, Holding>;
}

function isBlocked({ kernel }: Thread): boolean {
  return kernel !== null && kernel.state !== 'R' && kernel.systemCall !== null;
}

/** The name of the module that a thread waits to be imported, and who imports it. */
function importWait(
  thread: Thread,
  { importers }: Roles,
): { module: string; importer: Thread | null } | null {
  const frame = framesOf(thread).find((each) =>
    /^importlib\._bootstrap\.(_find_and_load|_lock_unlock_module)$/.test(functionOf(each)),
  );
  const module = frame === undefined ? '' : (variable(frame, 'name')?.repr ?? '');
  if (module === '') return null;
  return { module, importer: importers.get(module)?.find((each) => each !== thread) ?? null };
}

/** The one lock for all imports of 2.7, if the thread waits for that. */
function importLockWait(
  { kernel }: Thread,
  { interpreters }: Snapshot,
  { byIdent }: Roles,
): { address: string; owner: Thread } | null {
  const futex = kernel?.systemCall?.futex ?? null;
  const lock = interpreters.find(({ importLock }) => importLock !== null && importLock.futex === futex);
  const owner = byIdent.get(lock?.importLock?.owner ?? 0) ?? null;
  return owner === null || futex === null ? null : { address: futex, owner };
}

/** Is a lock of importlib's owned by a thread that is not there? Its text has its attributes. */
function isLost({ repr }: Value, { byIdent, complete }: Roles): boolean {
  const owner = /'owner': (\d+)/.exec(repr)?.[1];
  return complete && owner !== undefined && !byIdent.has(Number(owner));
}

function ofLibrary(
  found: LibraryWait,
  thread: Thread,
  roles: Roles,
): { what: string; holder: Holder | null } {
  const self = selfOf(found.frame);
  if (found.for === 'thread' && self !== null && functionOf(found.frame) === 'threading.join') {
    const joined = runnerOf(self, roles);
    if (joined !== null)
      return {
        what: `thread ${nameOf(joined)} to end`,
        holder: { thread: joined, heldBy: held(joined, 'thread', false) },
      };
  }
  const awaited = found.for === 'future' ? awaitedWork(thread) : null;
  if (awaited?.work.length === 1) {
    const worker = roles.workers.get(String(awaited.work[0]));
    if (worker !== undefined)
      return { what: found.what, holder: { thread: worker, heldBy: held(worker, 'task', true) } };
  }
  if (functionOf(found.frame) === 'celery.result.get') {
    return { what: `${found.what}${asTask(thread)}`, holder: null };
  }
  if (found.for === 'import') {
    const wait = importWait(thread, roles);
    if (wait !== null) {
      const { importer } = wait;
      const lost = importer === null && self !== null && isLost(self, roles);
      if (lost)
        return { what: `the import of module ${wait.module}`, holder: { thread: null, heldBy: gone } };
      const holder = importer === null ? null : { thread: importer, heldBy: held(importer, 'task', false) };
      return { what: `module ${wait.module}, which another thread imports`, holder };
    }
  }
  return { what: found.what, holder: null };
}

/** `Lock 0x7f12 (source_lock)`, by a variable of the thread that waits. */
function lockText(lock: LockValue, thread: Thread): string {
  const name = framesOf(thread)
    .slice(0, 1)
    .flatMap((frame) => (frame.variables ?? []).filter(({ address }) => address === lock.address))
    .find((each) => each.name !== 'self')?.name;
  // The RLock of 2.7 is written in Python.
  const caller = framesOf(thread).find(({ module }) => module !== 'threading');
  const self = caller?.module === 'logging' ? selfOf(caller) : null;
  const of =
    self?.type.endsWith('Handler') === true
      ? ` of the logging handler ${objectText(self)}`
      : name === undefined
        ? ''
        : ` (${name})`;
  if (lock.lock.kind === 'Semaphore') return `Semaphore ${lock.address} of multiprocessing to be released`;
  if (lock.lock.kind !== 'SemLock') return `${lock.lock.kind} ${lock.address}${of}`;
  const where = lock.lock.owner === null ? ', which another process has' : '';
  return `lock ${lock.address} of multiprocessing${where}`;
}

/**
 * Is it for who has a lock of multiprocessing to release it? A Semaphore may be released by anybody. So may the one that
 * counts the items of a Queue, which looks like a lock if that takes a single one.
 */
function hasOwner({ lock: { kind } }: LockValue, found: LibraryWait | null): boolean {
  return kind === 'SemLock' && (found === null || functionOf(found.frame) !== 'multiprocessing.queues.put');
}

/** A SimpleQueue waits in C: nothing but a variable of its caller tells of it. */
function simpleQueueOf(thread: Thread): string | null {
  const [frame] = framesOf(thread);
  const queue = readable(frame?.variables).find(({ type }) => type === 'SimpleQueue');
  return queue === undefined ? null : objectText(queue);
}

function waitOf(thread: Thread, look: Look): ThreadWait {
  const { snapshot, facts, roles, locks } = look;
  const { threads } = snapshot;
  const none = { address: null, heldBy: null };
  const as = (wait: Wait | null, on: Thread | null = null): ThreadWait => ({
    ...{ thread, wait, on, lock: null, holding: unknownHolder },
  });
  if (thread.gil === 'waits') {
    const holder = roles.holdsGil;
    const heldBy = holder === null ? null : held(holder, 'owner', false);
    return as({ for: 'gil', what: 'the GIL', timeout: false, address: null, heldBy }, holder);
  }
  const call = thread.kernel?.systemCall ?? null;
  if (!isBlocked(thread) || call === null) return as(null);
  const importLock = importLockWait(thread, snapshot, roles);
  if (importLock !== null) {
    const { address, owner } = importLock;
    const heldBy = held(owner, 'owner', false);
    return as({ for: 'import', what: 'the import lock', timeout: false, address, heldBy }, owner);
  }
  const mutex = mutexWait(thread, threads, facts);
  if (mutex !== null) return as(mutex.wait, mutex.on);
  const lock = locks.get(thread) ?? null;
  const found = look.found.get(thread) ?? null;
  const name = lock === null || !hasOwner(lock, found) ? undefined : sharedName(lock, facts);
  const shared = name === undefined ? {} : { shared: name };
  // What is made of locks of multiprocessing is made in Python: who waits for it waits for one of these.
  if (lock !== null && (!isBetweenProcesses(lock) || found === null)) {
    const holding = look.holdings.get(lock.address) ?? unknownHolder;
    const { holder } = holding;
    const what = lockText(lock, thread);
    const heldBy = holder?.heldBy ?? null;
    const wait: Wait = {
      for: lock.lock.kind === 'Semaphore' ? 'semaphore' : 'lock',
      what,
      timeout: hasTimeout(call),
      address: lock.address,
      heldBy,
      ...shared,
    };
    return { thread, wait, on: holder?.thread ?? null, lock, holding };
  }
  if (found !== null) {
    const { what, holder } = ofLibrary(found, thread, roles);
    const { for: kind, address } = found;
    const holding = (kind === 'semaphore' ? look.holdings.get(address ?? '') : null) ?? unknownHolder;
    const heldBy = holder?.heldBy ?? null;
    const wait: Wait = { for: kind, what, timeout: hasTimeout(call), address, heldBy, ...shared };
    return { thread, wait, on: holder?.thread ?? null, lock, holding };
  }
  const queue = call.futex === null ? null : simpleQueueOf(thread);
  if (queue !== null)
    return as({ for: 'queue', what: `an item in ${queue}`, timeout: hasTimeout(call), ...none });
  const kernel = systemCallWait(thread, snapshot, facts);
  return as(kernel === null ? null : { ...toldAsConversation(kernel, thread, snapshot, facts), ...none });
}

/** A thread that is idle in its event loop: with what the tasks of the loop do. */
function withTasks(each: ThreadWait, tasks: readonly TaskWait[]): ThreadWait {
  const { thread, wait } = each;
  const own = tasks.filter(({ task }) => task.ident !== null && task.ident === thread.python?.ident);
  const idle = wait?.for === 'work' || wait?.for === 'descriptor' || wait?.for === 'time';
  if (wait === null || !idle || own.length === 0 || own.some(({ task }) => task.running)) return each;
  return { ...each, wait: { ...wait, what: `${wait.what} (${tasksInGeneral(own)})` } };
}

/** Is it in the middle of something that the program does? Who only waits for work has none of its locks. */
function mayHaveLocks(thread: Thread, found: LibraryWait | null): boolean {
  if (thread.kernel?.systemCall?.name.startsWith('accept') === true) return false;
  // A task of asyncio that is not on the stack may have one.
  if (found?.for === 'work') return functionOf(found.frame) === 'asyncio.base_events._run_once';
  return framesOf(thread).some((frame) => !isLibrary(frame));
}

function lookAt(snapshot: Snapshot, facts: KernelFacts): Look {
  const roles = rolesOf(snapshot);
  const locks = new Map<Thread, LockValue>();
  const found = new Map<Thread, LibraryWait>();
  const waiters = new Map<string, Set<Thread>>();
  const waitsFor = (address: string, thread: Thread): void => {
    waiters.set(address, (waiters.get(address) ?? new Set()).add(thread));
  };
  for (const thread of snapshot.threads.filter(isBlocked)) {
    const lock = lockWaitedFor(thread);
    if (lock !== null && !isPrivate(thread, lock)) {
      locks.set(thread, lock);
      waitsFor(lock.address, thread);
    }
    const library = libraryWait(framesOf(thread));
    if (library !== null) found.set(thread, library);
    if (library?.for === 'semaphore' && library.address !== null) waitsFor(library.address, thread);
  }
  const busy = snapshot.threads.filter((thread) => mayHaveLocks(thread, found.get(thread) ?? null));
  const reach = reachOf(new Set(waiters.keys()), snapshot.threads);
  const locksBy = new Map([...locks.values()].map((lock) => [lock.address, lock]));
  const holdings = new Map(
    [...waiters].map(([address, these]) => {
      const lock = locksBy.get(address);
      return [
        address,
        lock === undefined
          ? holdersOfSemaphore(reach(address), these, busy)
          : holderOf(lock, reach(address), these, roles, busy),
      ];
    }),
  );
  return { snapshot, facts, roles, locks, found, holdings };
}

/** What each thread of a process waits for. */
export function waitsOf(snapshot: Snapshot, facts: KernelFacts): ThreadWait[] {
  const look = lookAt(snapshot, facts);
  const tasks = taskWaitsOf(snapshot);
  return withStuckWorkers(snapshot.threads.map((thread) => withTasks(waitOf(thread, look), tasks)));
}
