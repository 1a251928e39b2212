import type { Thread } from '../model/snapshot.js';
import { escapeUntrusted } from './escape.js';
import { duration } from './units.js';

/** What the letter in /proc/PID/stat means, for the states that a thread can be found in. */
const states: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'in uninterruptible sleep',
  T: 'stopped by a signal',
  t: 'stopped by a debugger',
  Z: 'ended',
  X: 'ended',
  I: 'idle',
};

/** Blocked for less than this says nothing. */
const shortestBlockMs = 10;

/** Of futex(2) its address and operation say nothing to a person; whether it will end by itself does. */
function futex(argumentsOfIt: readonly string[]): string {
  const timeout = argumentsOfIt.find((each) => each.startsWith('timeout=') && each !== 'timeout=infinite');
  return timeout === undefined ? 'futex' : escapeUntrusted(`futex, ${timeout}`);
}

function activity(thread: Thread): string | null {
  if (thread.kernel === null) return null;
  const { state, systemCall, waitChannel } = thread.kernel;
  const word = states[state] ?? `state ${escapeUntrusted(state)}`;
  if (thread.gil === 'waits') return 'waits for the GIL';
  if (systemCall !== null) {
    if (state === 'S' && systemCall.name === 'futex')
      return `waits for a lock (${futex(systemCall.arguments)})`;
    const call = escapeUntrusted(`${systemCall.name}(${systemCall.arguments.join(', ')})`);
    return state === 'S' ? `blocked in ${call}` : `${word}, in ${call}`;
  }
  return state === 'S' && waitChannel !== null && waitChannel !== '0'
    ? `${word} (${escapeUntrusted(waitChannel)})`
    : word;
}

/**
 * What a thread is doing; threads that do the same have the same text.
 * @param time for how long, as `blockedFor` says
 */
export function statusOf(thread: Thread, time = ''): string {
  const what = activity(thread);
  const parts = [what === null ? null : what + time];
  if (thread.gil === 'holds') parts.push('holds the GIL');
  if (thread.python !== null) {
    const { raising, handling, interpreter } = thread.python;
    if (raising !== null) parts.push(`raising ${escapeUntrusted(raising.repr)}`);
    if (handling !== null && handling.address !== raising?.address) {
      parts.push(`handling ${escapeUntrusted(handling.repr)}`);
    }
    if (interpreter !== 0) parts.push(`interpreter ${interpreter}`);
  }
  return parts.filter((part) => part !== null).join(', ');
}

/** For how long the threads have been blocked: `" for 3.1 s"`, `" for 3.1 s to 12.0 s"`, or nothing. */
export function blockedFor(threads: readonly Thread[]): string {
  const times = threads.flatMap(({ kernel }) => {
    const ms = kernel?.state === 'R' ? null : (kernel?.lastRanMsAgo ?? null);
    return ms === null ? [] : [ms];
  });
  const longest = Math.max(...times);
  if (times.length === 0 || longest < shortestBlockMs) return '';
  const first = duration(Math.min(...times));
  const last = duration(longest);
  return first === last ? ` for ${last}` : ` for ${first} to ${last}`;
}

/** How a thread is called in text: `4243 "worker-1"`. */
export function threadLabel(thread: Thread): string {
  const name = thread.python?.name ?? thread.kernel?.name ?? null;
  const id = thread.tid ?? (thread.python === null ? '?' : `ident ${thread.python.ident}`);
  return name === null ? `${id}` : `${id} "${escapeUntrusted(name)}"`;
}
