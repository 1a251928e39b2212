import { memoryErrors } from '../memoryErrors.js';
import { readMemoryLimit } from '../target/memoryLimit.js';
import type { Undertaking } from '../target/seccomp/needs.js';
import { assertSeccompAllows, type KnownFilters, type SeccompOptions } from './seccomp.js';

const MiB = 1024 ** 2;

/**
 * What a process may need of memory for it, at the most: the agent is 0.4 MiB when it has answered for a small process,
 * and writes its answer there; a session brings modules and the values that it prints.
 */
const memoryNeeded: Readonly<Record<Undertaking, number>> = {
  load: MiB,
  'load from memory': 2 * MiB,
  request: 4 * MiB,
  descriptors: 0,
  'live session': 8 * MiB,
};

/** An answer of the agent has no more in any case (agent-c/src/limits.c). */
const longestAnswer = 64 * MiB;

/** What was learnt of a process that lives through it. */
export interface Harmless {
  /** How many bytes an answer of the agent may have there: half of the memory that the process may still take. */
  readonly answerBytes: number;
  readonly filters: KnownFilters;
}

/**
 * Whether a process lives through what sleeper is about to have it do.
 * @throws SleeperError seccomp-kills, seccomp-unknown, memory-limit
 */
export async function assertHarmless(
  pid: number,
  undertakings: readonly Undertaking[],
  options: SeccompOptions & { readonly log: (what: string) => void },
): Promise<Harmless> {
  const left = assertMemoryAllows(pid, undertakings);
  const filters = await assertSeccompAllows(pid, undertakings, options);
  return { answerBytes: Math.min(longestAnswer, Math.floor(left / 2)), filters };
}

/**
 * @returns how many bytes of memory the process may still take
 * @throws SleeperError memory-limit
 */
export function assertMemoryAllows(
  pid: number,
  undertakings: readonly Undertaking[],
  procRoot?: string,
): number {
  const memory = readMemoryLimit(pid, procRoot);
  const needed = undertakings.reduce((sum, undertaking) => sum + memoryNeeded[undertaking], 0);
  if (memory !== null && memory.left < needed)
    throw memoryErrors.memoryLimit(pid, memory.left, memory.limit, needed);
  return memory?.left ?? Infinity;
}
