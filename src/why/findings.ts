import type { Snapshot, Thread } from '../model/snapshot.js';
import type { Finding } from '../model/why.js';
import { nativeText } from '../render/nativeFunctions.js';
import { duration } from '../render/units.js';
import { busy } from './busy.js';
import { cyclesIn } from './cycles.js';
import { isBetweenProcesses } from './locks.js';
import { knotsIn, needed, standingIn, stuckThreads, threadsBehind, type Knot } from './knots.js';
import type { KernelFacts } from '../model/kernelFacts.js';
import { stoppedPeers, waitsForOwnPipe } from './peers.js';
import { queuedInPostgres } from './postgres.js';
import { starvedPools } from './starvedPools.js';
import { taskCycles } from './taskCycles.js';
import { childrenWaitedFor } from './systemCallWaits.js';
import type { ThreadWait } from './waits.js';
import { doing, inPlace, listed, nameOf } from './words.js';

/** A thread that holds the GIL may sleep for a moment, for memory or a disk, and a full pipe be read; not for so long. */
const longestNapMs = 1000;
/** A lock may be held by who is not seen to have it, in passing; not for so long. */
const inPassingMs = 200;
/** What only another thread of the process can bring about, if it is waited for in memory of the process. */
const internal = new Set([
  ...['lock', 'condition', 'event', 'semaphore', 'barrier', 'queue', 'thread', 'future', 'import', 'work'],
]);

function isInternal({ thread, wait, lock }: ThreadWait): boolean {
  const isOurs = lock === null || !isBetweenProcesses(lock);
  const inMemory = (thread.kernel?.systemCall?.futex ?? null) !== null && isOurs;
  // What looks like a mutex of a thread that nobody knows need not be one.
  const isKnown = wait?.heldBy?.how !== 'gone' || !wait.heldBy.inferred;
  return wait !== null && !wait.timeout && inMemory && isKnown && internal.has(wait.for);
}
/** Handlers that wake nobody: that of Ctrl-C, those of faulthandler, and those of the C library itself. */
const harmlessSignals = new Set([
  ...['SIGINT', 'SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGABRT', 'signal 32', 'signal 33'],
]);

/** Can the handler of a signal not be what a thread waits for? */
export function wakesNobody(signal: string): boolean {
  return harmlessSignals.has(signal);
}

function threadsOf(waits: readonly ThreadWait[]): Thread[] {
  return waits.map(({ thread }) => thread);
}

/** Null: the kernel does not tell. */
function isLong(ms: number | null | undefined, least: number): boolean {
  return (ms ?? least) >= least;
}

function tidsOf(waits: readonly ThreadWait[]): number[] {
  return waits.flatMap(({ thread }) => thread.tid ?? []);
}

function several(waits: readonly ThreadWait[]): string {
  const [first] = waits;
  if (first === undefined) return '';
  return waits.length === 1 ? `thread ${nameOf(first.thread)} waits` : `${waits.length} threads wait`;
}

function deadlock(cycle: readonly ThreadWait[], behind: readonly ThreadWait[]): Finding {
  const [first] = cycle;
  const inferred = cycle.some(({ wait }) => wait?.heldBy?.inferred === true);
  const ending = cycle.find(({ wait }) => wait?.timeout === true);
  // Who waits for the GIL was looked at before the stop: it still does if who has it slept all the time.
  const withGil = cycle.some(({ wait }) => wait?.for === 'gil');
  const inPassing = cycle.some(
    ({ wait, thread }) =>
      (wait?.heldBy?.how === 'variable' || (withGil && thread.gil === 'holds')) &&
      !isLong(thread.kernel?.lastRanMsAgo, inPassingMs),
  );
  const story =
    cycle.length === 1 && first !== undefined
      ? `waits${inPlace(first.thread)} for ${first.wait?.what ?? ''}, which it holds itself${inferred ? ' (inferred)' : ''}`
      : cycle.map(doing).join(', which ');
  return {
    kind: 'deadlock',
    hung: ending === undefined && !inPassing,
    inferred,
    tids: tidsOf(cycle),
    text: [
      `deadlock: thread ${first === undefined ? '' : nameOf(first.thread)} ${story}`,
      ...(behind.length === 0 ? [] : [`${several(behind)} behind`]),
      ...(ending === undefined ? [] : [`the wait of ${nameOf(ending.thread)} has a timeout`]),
    ].join('; '),
  };
}

/** Of so many threads it is told what they wait for. */
const mostTold = 6;

/** `"main" (4711)`, `one of 12 others` */
function whoOf(threads: readonly Thread[]): string {
  const [one] = threads;
  return one !== undefined && threads.length === 1 ? nameOf(one) : `one of ${threads.length} others`;
}

/** Threads that wait for each other's locks, whoever of them has which. */
function knotted({ members, unless }: Knot, behind: readonly ThreadWait[]): Finding {
  const forLocks = members.filter(({ on }) => on === null);
  const told = [...forLocks, ...members.filter(({ on }) => on !== null)]
    .slice(0, mostTold)
    .map((each) => `thread ${nameOf(each.thread)} ${doing(each)}`);
  const rest = members.length - told.length;
  const parts = [
    ...told,
    ...(rest === 0 ? [] : [`and ${rest} more`]),
    unless.length === 0
      ? 'whoever of them has these locks, none of them can go on'
      : `they wait for each other, unless ${whoOf(unless)} has one of these locks`,
    ...(behind.length === 0 ? [] : [`${several(behind)} behind`]),
  ];
  return {
    ...{ kind: 'deadlock', hung: unless.length === 0, inferred: true, tids: tidsOf(members) },
    text: `${unless.length === 0 ? '' : 'perhaps a '}deadlock: ${parts.join('; ')}`,
  };
}

/** All deadlocks of the threads of a process. */
function deadlocks(waits: readonly ThreadWait[], cycles: readonly (readonly ThreadWait[])[]): Finding[] {
  const standing = standingIn(waits, inPassingMs);
  const stuck = stuckThreads(standing);
  const knots = knotsIn(standing, stuck, new Set(threadsOf(cycles.flat())));
  const told = new Set([...cycles.flat(), ...knots.flatMap(({ members }) => members)]);
  const behind = (these: readonly ThreadWait[]): ThreadWait[] =>
    threadsBehind(threadsOf(these), waits, stuck).filter((each) => !told.has(each));
  return [
    ...cycles.map((cycle) => deadlock(cycle, behind(cycle))),
    ...knots.map((knot) => knotted(knot, behind(knot.members))),
  ];
}

/**
 * Locks whose owner is no thread of the process. A Lock has none; there a fork is what makes one believe so, if besides
 * no thread goes on that could have it.
 */
function lostOwners(waits: readonly ThreadWait[], { forkedFrom }: KernelFacts): Finding[] {
  const allStand = forkedFrom !== null && waits.every(isInternal);
  const lost = waits.filter(({ wait, lock, on }) => {
    if (wait === null || on !== null) return false;
    if (wait.heldBy?.how === 'gone') return true;
    return (
      lock !== null &&
      wait.for === 'lock' &&
      allStand &&
      lock.lock.kind === 'Lock' &&
      lock.lock.locked === true
    );
  });
  const addresses = [...new Set(lost.map(({ wait }) => wait?.address))];
  return addresses.flatMap((address): Finding[] => {
    const waiters = lost.filter(({ wait }) => wait?.address === address);
    const [first] = waiters;
    if (first === undefined) return [];
    const { how, tid, name, inferred: seems } = first.wait?.heldBy ?? {};
    const inferred = how !== 'gone';
    const owner = name === null || name === undefined ? 'another thread' : `its thread "${name}" (${tid})`;
    const who = inferred
      ? 'which no thread of this process seems to hold'
      : 'whose owner is no thread of this process';
    const why =
      forkedFrom === null
        ? 'that thread has ended without releasing it'
        : `${inferred ? 'probably ' : ''}${owner} had it when the process was forked from ${forkedFrom}, and only the parent has that thread`;
    return [
      {
        kind: 'lost owner',
        hung: waiters.some(
          ({ wait, thread }) =>
            wait?.timeout === false && (seems !== true || isLong(thread.kernel?.lastRanMsAgo, inPassingMs)),
        ),
        inferred: inferred || seems === true || waits.some(({ thread }) => thread.python === null),
        tids: tidsOf(waiters),
        text: `lost lock: ${several(waiters)}${inPlace(first.thread)} for ${first.wait?.what ?? ''}, ${who}: ${why}`,
      },
    ];
  });
}

/** The GIL is held by a thread that sleeps, and waits for none that waits for the GIL. */
function gilHeld(
  waits: readonly ThreadWait[],
  inCircle: ReadonlySet<ThreadWait>,
  { gilHolderFunctions }: KernelFacts,
): Finding[] {
  const starving = waits.filter(({ wait }) => wait?.for === 'gil');
  return waits.flatMap((each): Finding[] => {
    const { thread, wait } = each;
    if (thread.gil !== 'holds' || wait === null || inCircle.has(each)) return [];
    const ms = thread.kernel?.lastRanMsAgo ?? null;
    if (!isLong(ms, longestNapMs)) return [];
    const since = ms === null ? '' : `, as it has for ${duration(ms)}`;
    const others = starving.length === 0 ? '' : `; ${several(starving)} for it`;
    return [
      {
        kind: 'gil held',
        hung: !wait.timeout,
        inferred: ms === null,
        tids: [...tidsOf([each]), ...tidsOf(starving)],
        text: `the GIL is held by thread ${nameOf(thread)} while it sleeps${since}: it ${doing(each)}${nativeText(gilHolderFunctions)}${others}`,
      },
    ];
  });
}

/** Children that wait for this process, or are stopped, while it waits for them to end. */
function children(waits: readonly ThreadWait[], { fds }: Snapshot, facts: KernelFacts): Finding[] {
  return waits.flatMap((each): Finding[] => {
    const call = each.thread.kernel?.systemCall ?? null;
    const waited = each.wait?.for === 'process' && call !== null ? childrenWaitedFor(call, facts) : [];
    const [child] = waited;
    if (child === undefined || waited.length > 1) return [];
    const common = { inferred: false, tids: tidsOf([each]) };
    if (child.state === 'T') {
      const text = `thread ${nameOf(each.thread)} ${doing(each)}: let it go on with \`kill -CONT ${child.pid}\``;
      return [{ kind: 'stopped child', hung: true, ...common, text }];
    }
    const pipe = (fds ?? []).find(
      (fd) =>
        fd.kind === 'pipe' &&
        fd.end !== 'write' &&
        fd.blockedThreads.length === 0 &&
        facts.children.every(
          ({ pid, readingEnds }) => pid === child.pid || !readingEnds.includes(fd.target),
        ) &&
        child.writingTo.includes(fd.target),
    );
    if (pipe === undefined || !isLong(child.blockedMs, longestNapMs)) return [];
    const text =
      `deadlock with a child: thread ${nameOf(each.thread)} ${doing(each)}; ` +
      `and process ${child.pid} waits for room in a full pipe, fd ${pipe.fd} here, that no thread reads`;
    return [{ kind: 'pipe', hung: each.wait?.timeout === false, ...common, text }];
  });
}

/** Every thread waits for another one, without end, and no signal can wake one. */
function nobodyLeft(waits: readonly ThreadWait[], snapshot: Snapshot, facts: KernelFacts): Finding[] {
  if (
    !waits.every((each) => isInternal(each) || waitsForOwnPipe(each, snapshot, facts)) ||
    waits.length === 0 ||
    !facts.caughtSignals.every(wakesNobody)
  )
    return [];
  const [main] = waits;
  const all = waits.length === 1 ? 'the only thread waits' : `all ${waits.length} threads wait`;
  const text = `nobody is left to go on: ${all} for what another one would have to do; thread ${
    main === undefined ? '' : `${nameOf(main.thread)} ${doing(main)}`
  }`;
  return [{ kind: 'nobody left', hung: true, inferred: true, tids: tidsOf(waits), text }];
}

/** Threads that wait for one that goes on, or waits for something outside. */
function queued(waits: readonly ThreadWait[]): Finding[] {
  const awaited = new Set(waits.map(({ on }) => on));
  return waits.flatMap((root): Finding[] => {
    if (needed(root).length > 0 || !awaited.has(root.thread)) return [];
    const behind = threadsBehind([root.thread], waits).filter(({ wait }) => wait?.for === 'lock');
    if (behind.length === 0) return [];
    const what = listed([...new Set(behind.map(({ wait }) => wait?.what ?? ''))].slice(0, 3));
    return [
      {
        kind: 'queued',
        hung: false,
        inferred: behind.some(({ wait }) => wait?.heldBy?.inferred === true),
        tids: [...tidsOf([root]), ...tidsOf(behind)],
        text: `${several(behind)} for ${what}, held by ${nameOf(root.thread)}, which ${doing(root)}`,
      },
    ];
  });
}

/** What is to be said of the threads together, what is hung first. */
export function findingsOf(waits: readonly ThreadWait[], snapshot: Snapshot, facts: KernelFacts): Finding[] {
  const cycles = cyclesIn(
    waits,
    ({ thread }) => thread,
    ({ on }) => on,
  );
  const certain = [
    ...deadlocks(waits, cycles),
    ...starvedPools(waits),
    ...taskCycles(snapshot),
    ...lostOwners(waits, facts),
    ...children(waits, snapshot, facts),
    ...stoppedPeers(waits, snapshot, facts),
    ...gilHeld(waits, new Set(cycles.flat()), facts),
  ];
  const found = certain.some(({ hung }) => hung)
    ? certain
    : [...certain, ...nobodyLeft(waits, snapshot, facts)];
  return [...found, ...busy(waits, facts), ...queued(waits), ...queuedInPostgres(waits, facts)].sort(
    (a, b) => Number(b.hung) - Number(a.hung),
  );
}
