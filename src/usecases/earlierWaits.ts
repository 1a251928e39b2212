import type { AgentPlace } from '../agent/client.js';
import type { ControlBlock } from '../agent/controlBlock.js';
import { readWaitNotes, writeWaitNotes, type WaitNote } from '../agent/waitNotes.js';
import type { KernelThread } from '../model/snapshot.js';
import { observeThreads, type ObservedThread } from '../target/kernelThreads.js';
import type { ThreadWait } from '../target/threadWait.js';

/** The threads of a process at an earlier moment. */
export interface EarlierThreads {
  readonly threads: readonly KernelThread[];
  /** Milliseconds of the monotonic clock (`performance.now()`). */
  readonly at: number;
}

/**
 * With the waits that sleeper itself has interrupted, by loading the agent: a thread that is in the same wait as before
 * and has hardly run has waited since then. Without that, nobody would have waited for long.
 */
export function withEarlierWaits(
  threads: readonly KernelThread[],
  earlier: EarlierThreads,
): readonly KernelThread[] {
  const before = new Map(earlier.threads.map((thread) => [thread.tid, thread]));
  const elapsedMs = performance.now() - earlier.at;
  return threads.map((thread) => {
    const old = before.get(thread.tid);
    if (
      old === undefined ||
      old.lastRanMsAgo === null ||
      thread.lastRanMsAgo === null ||
      !isSameWait(thread, old)
    )
      return thread;
    return { ...thread, lastRanMsAgo: Math.max(thread.lastRanMsAgo, old.lastRanMsAgo + elapsedMs) };
  });
}

/** What an errand takes of a thread's time, at the most. */
const errandMs = 50;

function isSameWait(now: KernelThread, before: KernelThread): boolean {
  const ranMs = now.cpuUserMs + now.cpuSystemMs - before.cpuUserMs - before.cpuSystemMs;
  return (
    now.systemCall !== null &&
    now.systemCall.number === before.systemCall?.number &&
    now.systemCall.futex === before.systemCall.futex &&
    ranMs <= errandMs
  );
}

/**
 * With the waits that earlier looks have interrupted: a thread that has not run since the note of the last one was left
 * waits since then.
 * @param nowNs CLOCK_MONOTONIC, of when they were observed
 */
export function withNotedWaits(
  observed: readonly ObservedThread[],
  notes: readonly WaitNote[],
  nowNs: bigint,
): KernelThread[] {
  const byTid = new Map(notes.map((note) => [note.tid, note]));
  return observed.map(({ thread, wait }) => {
    const note = byTid.get(thread.tid);
    const same = wait !== null && note?.place === wait.place && note.switches === wait.switches;
    if (!same || note.sinceNs > nowNs) return thread;
    const notedMs = Number(nowNs - note.sinceNs) / 1e6;
    return { ...thread, lastRanMsAgo: Math.max(thread.lastRanMsAgo ?? 0, notedMs) };
  });
}

/** What was known of the threads of a process before a look. */
export interface BeforeLook {
  /** With the waits that earlier looks have interrupted. */
  readonly threads: readonly KernelThread[];
  readonly waits: ReadonlyMap<number, ThreadWait>;
  /** CLOCK_MONOTONIC. */
  readonly atNs: bigint;
}

/** Looks at the threads just before a stop, which will interrupt their waits. */
export function lookBefore(
  { pid, memory }: Pick<AgentPlace, 'pid' | 'memory'>,
  block: ControlBlock,
  earlier: EarlierThreads | null,
): BeforeLook {
  const notes = readWaitNotes(memory, block);
  const observed = observeThreads(pid, { memory });
  const atNs = process.hrtime.bigint();
  const noted = withNotedWaits(observed, notes, atNs);
  return {
    threads: earlier === null ? noted : withEarlierWaits(noted, earlier),
    waits: new Map(observed.flatMap(({ thread: { tid }, wait }) => (wait === null ? [] : [[tid, wait]]))),
    atNs,
  };
}

/** How often what sleeper has done has a thread begin to wait that waits anyway. */
export type SwitchesOf = (tid: number) => number;

/** The stop, and the wait after it; the thread that is borrowed stops once more, at the end of the call. */
export const switchesOfCall =
  (borrowed: number): SwitchesOf =>
  (tid) =>
    tid === borrowed ? 3 : 2;

/** The thread that goes does not wait for anything on its way, as a rule. */
export const switchesOfErrand =
  (stops: number): SwitchesOf =>
  () =>
    2 * stops;

/**
 * Leaves the notes for the next look, once the process runs on. They tell how often each thread will have begun to wait
 * when it is back in its wait, if nothing but sleeper has woken it: so it need not be back yet.
 */
export function leaveNotes(
  { memory }: Pick<AgentPlace, 'memory'>,
  block: ControlBlock,
  before: BeforeLook,
  switchesOf: SwitchesOf,
): void {
  try {
    writeWaitNotes(memory, block, notesOn(before, switchesOf));
  } catch {
    // The process has ended.
  }
}

/** The notes on those threads of which it is known since when they wait. */
export function notesOn({ threads, waits, atNs }: BeforeLook, switchesOf: SwitchesOf): WaitNote[] {
  return threads.flatMap(({ tid, lastRanMsAgo }) => {
    const wait = waits.get(tid);
    if (lastRanMsAgo === null || wait === undefined) return [];
    const sinceNs = atNs - BigInt(Math.round(lastRanMsAgo * 1e6));
    return [{ tid, place: wait.place, switches: wait.switches + switchesOf(tid), sinceNs }];
  });
}
