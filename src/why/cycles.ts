import type { Thread } from '../model/snapshot.js';
import type { ThreadWait } from './waits.js';

/** Threads each of which waits for the next, and the last for the first. A thread depends on one other at the most. */
export function cyclesIn(waits: readonly ThreadWait[]): ThreadWait[][] {
  const waitOf = new Map<Thread, ThreadWait>(waits.map((each) => [each.thread, each]));
  const seen = new Set<ThreadWait>();
  const cycles: ThreadWait[][] = [];
  for (const start of waits) {
    const path: ThreadWait[] = [];
    let next: ThreadWait | undefined = start;
    while (next !== undefined && !seen.has(next)) {
      seen.add(next);
      path.push(next);
      next = next.on === null ? undefined : waitOf.get(next.on);
    }
    const begin = next === undefined ? -1 : path.indexOf(next);
    if (begin >= 0) cycles.push(path.slice(begin));
  }
  return cycles;
}

/** Those that wait, directly or not, for one of these threads, and are none of them. */
export function waitersBehind(threads: ReadonlySet<Thread>, waits: readonly ThreadWait[]): ThreadWait[] {
  const behind = new Set(threads);
  for (let before = -1; before !== behind.size;) {
    before = behind.size;
    for (const { thread, on } of waits) if (on !== null && behind.has(on)) behind.add(thread);
  }
  return waits.filter(({ thread }) => behind.has(thread) && !threads.has(thread));
}
