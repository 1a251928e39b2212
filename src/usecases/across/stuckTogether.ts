import type { StuckProcess } from '../../why/stuckText.js';
import { blockedProcess, isStillBlocked, type BlockedProcess } from './blockedProcess.js';
import { whoCanEnd, type HolderOf } from './whoCanEnd.js';

/** More processes than that are not looked at for one. */
const mostProcesses = 32;

/** `free`: it can go on, or that is not known. `moving`: some thread does something just now. */
export type Standing =
  | { readonly kind: 'stuck'; readonly processes: readonly StuckProcess[] }
  | { readonly kind: 'free' | 'moving' };

/**
 * The processes that a process stands still with, itself the first: every thread of each of them waits, without an end,
 * for what none but these processes could do.
 *
 * All of them are looked at one after the other, then once more: at the moment between they all waited.
 */
export function stuckTogether(pid: number, holderOf: HolderOf): Standing {
  const looks: BlockedProcess[] = [];
  const stuck: StuckProcess[] = [];
  const wanted = new Set([pid]);
  // A Set that grows is iterated to its new end.
  for (const each of wanted) {
    if (wanted.size > mostProcesses) return { kind: 'free' };
    const process = blockedProcess(each);
    if (process === null) return { kind: 'moving' };
    const waits = whoCanEnd(process, holderOf);
    if (waits === null) return { kind: 'free' };
    const threads: StuckProcess['threads'][number][] = [];
    for (const [{ tid, call }, enders] of waits) {
      for (const other of enders.pids) wanted.add(other);
      threads.push({ tid, call, ...enders });
    }
    looks.push(process);
    stuck.push({ pid: each, command: process.command, threads });
  }
  const isForOthers = stuck.some(({ threads }) => threads.some(({ within }) => !within));
  if (!isForOthers) return { kind: 'free' };
  return looks.every(isStillBlocked) ? { kind: 'stuck', processes: stuck } : { kind: 'moving' };
}
