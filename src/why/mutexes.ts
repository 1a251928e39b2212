import type { KernelFacts } from '../model/kernelFacts.js';
import type { Thread } from '../model/snapshot.js';
import type { Wait } from '../model/why.js';
import { futexText } from './futexText.js';
import { held, type Holder } from './locks.js';
import { hasTimeout } from './systemCallWaits.js';

function ownerOf(owner: number, threads: readonly Thread[], { parentThreads }: KernelFacts): Holder {
  const thread = threads.find(({ tid }) => tid === owner) ?? null;
  if (thread !== null) return { thread, heldBy: held(thread, 'owner', false) };
  // What looks like a mutex of a thread that nobody knows could be something else.
  const inherited = parentThreads.find(({ tid }) => tid === owner);
  const { tid = null, name = null } = inherited ?? {};
  return { thread, heldBy: { tid, name, how: 'gone', inferred: inherited === undefined } };
}

/** What a thread waits for that is blocked on a mutex of C code, and who has it; null: it is not. */
export function mutexWait(
  { kernel }: Thread,
  threads: readonly Thread[],
  facts: KernelFacts,
): { wait: Wait; on: Thread | null } | null {
  const call = kernel?.systemCall ?? null;
  if (call?.mutexOwner === undefined || call.futex === null) return null;
  const { thread, heldBy } = ownerOf(call.mutexOwner, threads, facts);
  const what = futexText('mutex', call.futex, facts);
  return {
    wait: { for: 'lock', what, timeout: hasTimeout(call), address: call.futex, heldBy },
    on: thread,
  };
}
