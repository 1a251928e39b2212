import { threadStates, type Profile, type ProfileSpan, type ThreadState } from './profile.js';

/** Samples, by the state that they found the thread in. */
export type StateCounts = Record<ThreadState, number>;

export function noCounts(): StateCounts {
  return { cpu: 0, gil: 0, idle: 0 };
}

/** Adds to `counts`. */
export function addCounts(counts: StateCounts, more: Readonly<StateCounts>): void {
  for (const state of threadStates) counts[state] += more[state];
}

export function sumOf(counts: Readonly<StateCounts>): number {
  return threadStates.reduce((sum, state) => sum + counts[state], 0);
}

/** The samples of each thread. */
export function threadCounts({ threads, spans }: Profile): StateCounts[] {
  const counts = threads.map(noCounts);
  for (const { thread, state, samples } of spans) {
    const ofThread = counts[thread];
    if (ofThread !== undefined) ofThread[state] += samples;
  }
  return counts;
}

/** The spans of each thread, in order. */
export function spansByThread({ threads, spans }: Profile): ProfileSpan[][] {
  const lists = threads.map((): ProfileSpan[] => []);
  for (const span of spans) lists[span.thread]?.push(span);
  return lists;
}
