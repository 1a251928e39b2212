import type { Greenlet } from '../model/greenlet.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Finding, WhyGreenlet } from '../model/why.js';
import { cyclesIn, waitersBehind } from './cycles.js';
import { forWhat, greenletName, greenletPlace, greenletWaits, type GreenletWait } from './greenletWaits.js';
import type { ThreadWait } from './waits.js';
import { doing as threadDoing, frameText, listed, nameOf } from './words.js';

/** A call that lasts is one that gevent has not replaced. */
const longCallMs = 1000;

function inPlace(greenlet: Greenlet): string {
  const frame = greenletPlace(greenlet);
  return frame === null ? '' : ` in ${frameText(frame)}`;
}

/** `waits in pay (app.py:12) for RLock 0x7f12, held by "bob" 0x7f34` */
function doing(wait: GreenletWait): string {
  return `waits${inPlace(wait.greenlet)}${forWhat(wait)}`;
}

function tidsOf(waits: readonly GreenletWait[]): number[] {
  return [...new Set(waits.flatMap(({ greenlet }) => greenlet.tid ?? []))];
}

function finding(
  kind: Finding['kind'],
  hung: boolean,
  inferred: boolean,
  waits: readonly GreenletWait[],
  text: string,
): Finding {
  const greenlets = waits.map(({ greenlet }) => greenlet.address);
  return { kind, hung, inferred, tids: tidsOf(waits), greenlets, text };
}

function several(waits: readonly GreenletWait[]): string {
  const [first] = waits;
  if (first === undefined) return '';
  return waits.length === 1
    ? `greenlet ${greenletName(first.greenlet)} waits${inPlace(first.greenlet)}`
    : `${waits.length} greenlets wait`;
}

/** Those that wait, directly or not, for one of these, and are none of them. */
function behind(greenlets: readonly Greenlet[], waits: readonly GreenletWait[]): GreenletWait[] {
  return waitersBehind(
    greenlets,
    waits,
    ({ greenlet }) => greenlet,
    ({ on }) => (on === null ? [] : [on]),
  );
}

/** Greenlets each of which waits for the next, and the last for the first. */
function circles(waits: readonly GreenletWait[]): GreenletWait[][] {
  return cyclesIn(
    waits,
    ({ greenlet }) => greenlet,
    ({ on }) => on,
  );
}

function deadlock(cycle: readonly GreenletWait[], waits: readonly GreenletWait[]): Finding {
  const [first] = cycle;
  const name = first === undefined ? '' : greenletName(first.greenlet);
  const story =
    cycle.length === 1 && first !== undefined
      ? `waits${inPlace(first.greenlet)} for ${first.what ?? ''}, which it has itself`
      : cycle.map(doing).join(', which ');
  const others = behind(
    cycle.map(({ greenlet }) => greenlet),
    waits,
  );
  const rest = others.length === 0 ? '' : `; ${several(others)} behind`;
  const inferred = cycle.some(({ how }) => how === 'with' || how === 'variable');
  const ending = cycle.find(({ timeout }) => timeout);
  const ends = ending === undefined ? '' : `; the wait of ${greenletName(ending.greenlet)} has a timeout`;
  const text = `deadlock: greenlet ${name} ${story}${rest}${ends}`;
  return finding('deadlock', ending === undefined, inferred, cycle, text);
}

/** What the program itself has called, and not a class of the library or of gevent that has locks of its own. */
function calledByProgram({ greenlet }: GreenletWait): boolean {
  const frame = greenlet.frames.find(
    (each) =>
      !('error' in each) &&
      !/^gevent\.(lock|thread|_[\w.]*semaphore)$/.test(each.module ?? '') &&
      !(each.module === 'threading' && /^(acquire|__enter__)$/.test(each.function)),
  );
  return frame === undefined || 'error' in frame || !/^(gevent(\.|$)|threading$)/.test(frame.module ?? '');
}

/**
 * Locks that nobody has who could release them. An RLock says who has it. Of another lock it is inferred: no greenlet
 * is inside of a with statement on it, or has it in a variable. A semaphore may be released by any greenlet: so it is
 * one only if each of the thread's waits for one, or behind these.
 */
function lostLocks(waits: readonly GreenletWait[]): Finding[] {
  const lost = waits.filter((wait) => wait.nobody !== null && calledByProgram(wait));
  const stuck = new Set([
    ...lost,
    ...behind(
      lost.map(({ greenlet }) => greenlet),
      waits,
    ),
  ]);
  const allStuck = (tid: number | null): boolean =>
    waits.every((wait) => wait.greenlet.tid !== tid || stuck.has(wait));
  return [...new Set(lost.map(({ address }) => address))].flatMap((address): Finding[] => {
    const waiting = lost.filter((wait) => wait.address === address);
    const [first] = waiting;
    if (first === undefined) return [];
    const gone = first.nobody === 'gone';
    const others = behind(
      waiting.map(({ greenlet }) => greenlet),
      waits,
    );
    const why = gone
      ? 'whose owner has ended without releasing it'
      : 'which no greenlet is seen to have: probably one has ended without releasing it';
    const rest = others.length === 0 ? '' : `; ${several(others)} behind`;
    const lasting = waiting.some(({ timeout }) => !timeout);
    const hung = lasting && (gone || first.mutex || allStuck(first.greenlet.tid));
    const text = `${gone || first.mutex ? 'lost lock: ' : ''}${several(waiting)} for ${first.what ?? ''}, ${why}${rest}`;
    return [finding('lost owner', hung, !gone, waiting, text)];
  });
}

/** Greenlets that wait for one that waits for something else. */
function queued(waits: readonly GreenletWait[], greenlets: readonly Greenlet[]): Finding[] {
  const waitOf = new Map(waits.map((each) => [each.greenlet, each]));
  return greenlets.flatMap((greenlet): Finding[] => {
    const own = waitOf.get(greenlet);
    if (own !== undefined && (own.on !== null || own.nobody !== null)) return [];
    const waiting = behind([greenlet], waits).filter((wait) => wait.for === 'lock');
    if (waiting.length === 0) return [];
    const what = listed([...new Set(waiting.map((wait) => wait.what ?? ''))].slice(0, 3));
    const does = own === undefined ? 'runs' : doing(own);
    const text = `${several(waiting)} for ${what}, held by greenlet ${greenletName(greenlet)}, which ${does}`;
    return [
      finding(
        'queued',
        false,
        waiting.some(({ how }) => how !== 'owner'),
        waiting,
        text,
      ),
    ];
  });
}

/** A thread that blocks in a call while its hub is switched out: none of its greenlets can go on. */
function blockedHubs(threads: readonly ThreadWait[], greenlets: readonly Greenlet[]): Finding[] {
  return threads.flatMap((each): Finding[] => {
    const { thread, wait } = each;
    const out = greenlets.filter(({ tid, state }) => tid === thread.tid && state === 'suspended');
    const ms = thread.kernel?.lastRanMsAgo ?? 0;
    if (wait === null || ms < longCallMs || !out.some(({ type }) => type === 'Hub')) return [];
    const many = out.length === 2 ? 'its other greenlet waits' : `its ${out.length - 1} other greenlets wait`;
    const text = `thread ${nameOf(thread)} ${threadDoing(each)}, without gevent: ${many} until it is over`;
    const addresses = out.map(({ address }) => address);
    return [
      {
        kind: 'hub blocked',
        hung: false,
        inferred: false,
        tids: [thread.tid ?? 0],
        greenlets: addresses,
        text,
      },
    ];
  });
}

const inGeneral: Readonly<Partial<Record<GreenletWait['for'], string>>> = {
  lock: 'for locks',
  condition: 'to be notified',
  event: 'for events',
  semaphore: 'for semaphores',
  queue: 'for queues',
  thread: 'for others to end',
  future: 'for results',
  process: 'for child processes',
  descriptor: 'for data or connections',
  time: 'for time to pass',
};

/** `12 greenlets: 10 wait for data or connections, 2 wait for time to pass` */
function summary(waits: readonly GreenletWait[]): string[] {
  if (waits.length === 0) return [];
  const counts = new Map<string, number>();
  for (const wait of waits) {
    const what = inGeneral[wait.for] ?? 'for something else';
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const parts = [...counts].sort(([, a], [, b]) => b - a);
  const told = parts.map(([what, count]) => `${count} ${count === 1 ? 'waits' : 'wait'} ${what}`);
  return [`${waits.length === 1 ? '1 greenlet' : `${waits.length} greenlets`}: ${told.join(', ')}`];
}

function whyGreenlet(wait: GreenletWait): WhyGreenlet {
  const { greenlet, what, address, on, how, timeout } = wait;
  const { tid, name } = greenlet;
  const frame = greenletPlace(greenlet);
  const heldBy =
    on === null || how === null
      ? null
      : { address: on.address, name: on.name, how, inferred: how === 'with' || how === 'variable' };
  return {
    ...{ address: greenlet.address, tid, name, doing: doing(wait) },
    place:
      frame === null
        ? null
        : { function: frame.qualifiedName ?? frame.function, file: frame.file, line: frame.line },
    waits: what === null ? null : { for: wait.for, what, address, timeout, heldBy },
  };
}

/** What is to be said of the greenlets of a process. */
export interface GreenletsExplained {
  readonly findings: Finding[];
  /** What they do in general, for a process that does not hang. */
  readonly summary: string[];
  /** Undefined: greenlet is not imported. */
  readonly greenlets: WhyGreenlet[] | undefined;
}

/** What the greenlets of a process wait for, and which of them will never go on. */
export function explainGreenlets(snapshot: Snapshot, threads: readonly ThreadWait[]): GreenletsExplained {
  const { greenlets } = snapshot;
  if (greenlets === undefined) return { findings: [], summary: [], greenlets: undefined };
  const waits = greenletWaits(snapshot);
  // A lock seems lost if its holder is not among those that were found.
  const complete = snapshot.warnings.every(({ where }) => where !== 'greenlets' && where !== 'arena');
  return {
    findings: [
      ...circles(waits).map((cycle) => deadlock(cycle, waits)),
      ...(complete ? lostLocks(waits) : []),
      ...blockedHubs(threads, greenlets),
      ...queued(waits, greenlets),
    ],
    summary: summary(waits),
    greenlets: waits.map(whyGreenlet),
  };
}
