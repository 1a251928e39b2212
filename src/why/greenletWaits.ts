import type { Frame } from '../model/frame.js';
import type { Greenlet } from '../model/greenlet.js';
import type { Snapshot, Thread } from '../model/snapshot.js';
import type { Value } from '../model/value.js';
import type { Wait } from '../model/why.js';
import { libraryWait } from './libraryWaits.js';
import { isLibrary, readable, variable } from './stack.js';
import { objectText } from './words.js';

/** What a greenlet that is switched out waits for, and who could end it. */
export interface GreenletWait {
  readonly greenlet: Greenlet;
  readonly for: Wait['for'];
  /** In words, to follow "waits for"; null: not known. */
  readonly what: string | null;
  /** The object that will wake it. */
  readonly address: string | null;
  /** The wait is known to end by itself. */
  readonly timeout: boolean;
  /** A lock that is made for who has acquired it to release it. */
  readonly mutex: boolean;
  /** The greenlet that it depends on. */
  readonly on: Greenlet | null;
  readonly how: 'owner' | 'with' | 'variable' | 'greenlet' | null;
  /** Of an RLock: the greenlet or thread that had it is none of the process. Of any lock: nobody is seen to have it. */
  readonly nobody: 'gone' | 'seen' | null;
}

type Holder = Pick<GreenletWait, 'on' | 'how' | 'nobody'>;

const somebody: Holder = { on: null, how: null, nobody: null };

function isFrame(frame: Greenlet['frames'][number]): frame is Frame {
  return !('error' in frame);
}

/** The frames of a greenlet; of one that runs, those of its thread. */
function framesOf(greenlet: Greenlet, threads: readonly Thread[]): Frame[] {
  const thread = threads.find(({ tid }) => tid !== null && tid === greenlet.tid);
  const frames = greenlet.state === 'running' ? (thread?.python?.frames ?? []) : greenlet.frames;
  return frames.filter(isFrame);
}

function isGevent({ module }: Frame): boolean {
  return module !== null && /^gevent(\.|$)/.test(module);
}

/** Where a greenlet is in the program: its innermost frame outside of gevent and of the library. */
export function greenletPlace({ frames }: Greenlet): Frame | null {
  const known = frames.filter(isFrame);
  return known.find((frame) => !isGevent(frame) && !isLibrary(frame)) ?? known[0] ?? null;
}

/** How a greenlet is called in text: `"mailer" 0x7f43e587e840`, `Hub 0x7f46eb0df3a0`, `main 0x7f46eb110040`. */
export function greenletName({ name, address, main, type }: Greenlet): string {
  if (main) return `main ${address}`;
  if (name !== null) return `"${name}" ${address}`;
  return /^[gG]reenlet$/.test(type) ? address : `${type} ${address}`;
}

const locks = /^(_?RLock|LockType|(Bounded)?Semaphore)$/;
const mutexes = /^(_?RLock|LockType)$/;

/** By the class of what wakes the greenlet. */
const byType: Readonly<Record<string, readonly [kind: Wait['for'], what: string]>> = {
  Event: ['event', '{it} to be set'],
  AsyncResult: ['future', '{it} to be set'],
  Queue: ['queue', '{it}'],
  UnboundQueue: ['queue', '{it}'],
  SimpleQueue: ['queue', '{it}'],
  JoinableQueue: ['queue', '{it}'],
  PriorityQueue: ['queue', '{it}'],
  LifoQueue: ['queue', '{it}'],
  Channel: ['queue', '{it}'],
  child: ['process', 'a child process to end'],
  async: ['work', 'another thread'],
  signal: ['signal', 'a signal'],
};

function hasLock(frame: Frame, address: string): boolean {
  return readable(frame.stackLocks).some((lock) => lock.address === address);
}

function mentions(frame: Frame, address: string): boolean {
  return readable(frame.variables).some(
    (value) => value.address === address || value.repr.includes(`at ${address}>`),
  );
}

/** Who has a lock: who says so, who is inside of a with statement on it, or who alone has it in a variable. */
function holderOf(
  lock: { readonly address: string; readonly owner?: string | undefined },
  waiters: ReadonlySet<Greenlet>,
  all: readonly Greenlet[],
  { threads }: Snapshot,
): Holder {
  const { owner } = lock;
  if (owner !== undefined) {
    const on = all.find(({ address }) => address === owner) ?? null;
    if (on !== null) return { on, how: 'owner', nobody: null };
    const isThread = threads.some(({ python }) => python !== null && BigInt(python.ident) === BigInt(owner));
    return { on, how: 'owner', nobody: isThread ? null : 'gone' };
  }
  const within = all.filter((greenlet) =>
    framesOf(greenlet, threads).some((frame) => hasLock(frame, lock.address)),
  );
  const [inside] = within;
  if (inside !== undefined) return within.length === 1 ? { on: inside, how: 'with', nobody: null } : somebody;
  const having = all.filter(
    (greenlet) =>
      !waiters.has(greenlet) && framesOf(greenlet, threads).some((frame) => mentions(frame, lock.address)),
  );
  const [one] = having;
  if (one === undefined) return { ...somebody, nobody: 'seen' };
  return having.length === 1 ? { on: one, how: 'variable', nobody: null } : somebody;
}

type Waker = Value & { readonly owner?: string | undefined; readonly fd?: number | undefined };

function wakerOf({ waitsFor }: Greenlet): Waker | null {
  return waitsFor === undefined || 'error' in waitsFor ? null : waitsFor;
}

/** Has acquire(), where that is written in Python, been called with a timeout? */
function hasTimeout({ frames }: Greenlet): boolean {
  return frames.filter(isFrame).some((frame) => {
    const inAcquire = frame.function === 'acquire' && /^(gevent\.|threading$)/.test(frame.module ?? '');
    return inAcquire && !/^(None|-1|)$/.test(variable(frame, 'timeout')?.repr ?? '');
  });
}

/** What is waited for by what has been called: of the library, whose locks are private then, or of gevent. */
function descriptionOf(
  greenlet: Greenlet,
  waker: Waker,
  all: readonly Greenlet[],
): Pick<GreenletWait, 'for' | 'what' | 'mutex'> & { ended: Greenlet | null } {
  const frames = greenlet.frames.filter(isFrame);
  const none = { mutex: false, ended: null };
  const library = libraryWait(frames.filter((frame) => !isGevent(frame)));
  if (library !== null) return { for: library.for, what: library.what, ...none };
  if (locks.test(waker.type))
    return { for: 'lock', what: objectText(waker), mutex: mutexes.test(waker.type), ended: null };
  if (waker.type === 'timer') {
    const seconds = frames[0] === undefined ? null : variable(frames[0], 'seconds');
    return { for: 'time', what: `time to pass${seconds === null ? '' : ` (${seconds.repr} s)`}`, ...none };
  }
  if (waker.type === 'io')
    return { for: 'descriptor', what: waker.fd === undefined ? 'a descriptor' : `fd ${waker.fd}`, ...none };
  const ended = all.find(({ address }) => address === waker.address) ?? null;
  if (ended !== null || waker.type === 'Greenlet')
    return {
      for: 'thread',
      what: `greenlet ${ended === null ? waker.address : greenletName(ended)} to end`,
      mutex: false,
      ended,
    };
  const [kind, what] = byType[waker.type] ?? ['unknown', '{it}'];
  return { for: kind, what: what.replace('{it}', objectText(waker)), ...none };
}

/** What each greenlet that is switched out waits for. */
export function greenletWaits(snapshot: Snapshot): GreenletWait[] {
  const all = snapshot.greenlets ?? [];
  const suspended = all.filter(({ state }) => state === 'suspended');
  const waitersOf = new Map<string, Set<Greenlet>>();
  for (const greenlet of suspended) {
    const address = wakerOf(greenlet)?.address;
    if (address === undefined) continue;
    waitersOf.set(address, (waitersOf.get(address) ?? new Set()).add(greenlet));
  }
  const holders = new Map<string, Holder>();
  const holder = (waker: Waker): Holder => {
    const known = holders.get(waker.address);
    if (known !== undefined) return known;
    const found = holderOf(waker, waitersOf.get(waker.address) ?? new Set(), all, snapshot);
    holders.set(waker.address, found);
    return found;
  };
  return suspended.map((greenlet): GreenletWait => {
    const waker = wakerOf(greenlet);
    const timeout = hasTimeout(greenlet);
    const nothing = { address: null, mutex: false, timeout, ...somebody };
    if (waker === null) return { greenlet, for: 'unknown', what: null, ...nothing };
    const { ended, ...described } = descriptionOf(greenlet, waker, all);
    const { address } = waker;
    if (described.for === 'lock') return { greenlet, ...described, address, timeout, ...holder(waker) };
    return ended === null
      ? { greenlet, ...described, address, timeout, ...somebody }
      : { greenlet, ...described, address, timeout, on: ended, how: 'greenlet', nobody: null };
  });
}

/** ` for RLock 0x7f12, held by "bob" 0x7f34`; nothing where it is not known. */
export function forWhat({ what, on, how, nobody }: GreenletWait): string {
  if (what === null) return '';
  if (nobody === 'gone') return ` for ${what}, whose owner has ended`;
  if (on === null || how === 'greenlet') return ` for ${what}`;
  return ` for ${what}, held by ${greenletName(on)}${how === 'owner' ? '' : ' (inferred)'}`;
}
