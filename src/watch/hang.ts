import type { Snapshot, Thread } from '../model/snapshot.js';
import type { Finding, WhyReport, WhyThread } from '../model/why.js';
import { waitsForWork } from './idle.js';
import type { Standstill } from './standstill.js';

interface Look {
  readonly report: WhyReport;
  readonly snapshot: Snapshot | null;
}

/** What is wrong with a process, in words, and the threads that it is wrong with. */
export interface Hang {
  readonly reason: string;
  readonly tids: readonly number[];
}

/** What is to be taken for a hang. */
export interface HangChoice {
  /** The thread whose standstill is one, if it does not wait for work; null: none. */
  readonly watched: number | null;
  /** Also when it waits for work. */
  readonly strict: boolean;
}

type Stands = Pick<Standstill, 'standing' | 'isRestless' | 'stateOf'>;

/** The threads that must have stood still for something to hang: who waits for a GIL may have begun to just now. */
function standingIn({ kind, tids }: Finding): readonly number[] {
  return kind === 'gil held' ? tids.slice(0, 1) : tids;
}

/** Has what hangs, by `sleeper why`, stood for long? Not told of a process in the hands of a debugger. */
function hasStood(finding: Finding, stands: Stands): boolean {
  const standing = stands.standing();
  if (finding.kind === 'traced') return false;
  if (finding.kind === 'uninterruptible') return [...standing].some((tid) => stands.stateOf(tid) === 'D');
  return standing.size > 0 && standingIn(finding).every((tid) => standing.has(tid));
}

function nameOf({ tid, name }: WhyThread): string {
  return name === null ? `thread ${tid ?? '?'}` : `thread "${name}" (${tid ?? '?'})`;
}

/** The threads from this one on that each wait for the next; null when the last of them goes on, or waits for work. */
function blockedChain(tid: number, look: Look, stands: Stands, strict: boolean): WhyThread[] | null {
  const chain: WhyThread[] = [];
  for (let next: number | null = tid; next !== null;) {
    const at: number = next;
    const thread = look.report.threads.find((each) => each.tid === at);
    const seen = look.snapshot?.threads.find((each) => each.tid === at);
    if (thread === undefined || seen === undefined || chain.includes(thread)) break;
    const { waits } = thread;
    if (waits === null || !stands.standing().has(at)) return null;
    // It may have got before what it waits for again.
    if (stands.isRestless(at) && waits.for !== 'gil') return null;
    chain.push(thread);
    if (strict) break;
    next = waits.for === 'thread' || waits.for === 'future' ? (waits.heldBy?.tid ?? null) : null;
    if (next === null && waitsForWork(seen, waits, look.snapshot?.fds ?? [])) return null;
  }
  return chain;
}

/** Does a process hang, as seen in one look? Null: it does not. */
export function hangIn(look: Look, stands: Stands, { watched, strict }: HangChoice): Hang | null {
  const found = look.report.findings.filter((finding) => finding.hung && hasStood(finding, stands));
  if (found.length > 0) {
    const tids = [...new Set(found.flatMap(standingIn))];
    // What is said of the process as a whole is said of all its threads.
    return {
      reason: found.map(({ text }) => text).join('\n'),
      tids: tids.length > 0 ? tids : [...stands.standing()],
    };
  }
  const chain = watched === null ? null : blockedChain(watched, look, stands, strict);
  if (watched === null || chain === null || chain.length === 0) return null;
  const told = chain.map((thread) => `${nameOf(thread)} ${thread.doing}`);
  return { reason: `no progress: ${told.join('; ')}`, tids: chain.flatMap(({ tid }) => tid ?? []) };
}

function framesOf(look: Look, tid: number): Thread['python'] {
  return look.snapshot?.threads.find((thread) => thread.tid === tid)?.python ?? null;
}

/** Are these threads in the same lines of the same functions in both looks? */
export function sameStacks(first: Look, second: Look, tids: readonly number[]): boolean {
  const stack = (look: Look, tid: number): string =>
    JSON.stringify(
      (framesOf(look, tid)?.frames ?? []).map((frame) =>
        'error' in frame ? null : [frame.function, frame.file, frame.line, frame.column],
      ),
    );
  return tids.every((tid) => stack(first, tid) === stack(second, tid));
}
