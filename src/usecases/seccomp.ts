import { agentLibraryFile } from '../agent/libraryFile.js';
import { seccompErrors } from '../seccompErrors.js';
import { containersOf } from '../target/controlGroups.js';
import { libcName } from '../target/libc.js';
import { sharesNamespace } from '../target/namespaces.js';
import { tryReadProc } from '../target/procFile.js';
import { judge, type Filter } from '../target/seccomp/filter.js';
import { filtersOf, restrictedThreads, type Restricted } from '../target/seccomp/filtersOf.js';
import { neededCalls, type Undertaking } from '../target/seccomp/needs.js';
import { parseStatus } from '../target/status.js';
import { visibleToProcess } from '../target/visibleFile.js';

export interface SeccompOptions {
  /** The person vouches for filters that we may not read: they kill nobody. */
  readonly trustSeccomp?: boolean | undefined;
}

/** The filters of a process. */
export type KnownFilters =
  | { readonly kind: 'none' }
  | { readonly kind: 'strict' }
  /** Those of all threads. */
  | { readonly kind: 'read'; readonly filters: readonly Filter[]; readonly libc: 'glibc' | 'musl' }
  /** They may not be read; `why`: what speaks for it that they kill nobody, null: nothing. */
  | { readonly kind: 'unread'; readonly why: 'container' | 'ours' | null };

/** What is known of what they do to an undertaking. */
export type SeccompVerdict =
  | { readonly kind: 'none' }
  /** They were read. The names of the calls that they kill for, and of those that they answer with an error. */
  | { readonly kind: 'read'; readonly killed: readonly string[]; readonly refused: readonly string[] }
  | Extract<KnownFilters, { kind: 'unread' }>;

/** Looks at the seccomp filters of a process: each thread that has some is stopped for some microseconds. */
export async function readSeccomp(pid: number): Promise<KnownFilters> {
  const restricted = restrictedThreads(pid);
  if (restricted.strict) return { kind: 'strict' };
  if (restricted.tids.length === 0) return { kind: 'none' };
  const filters = await filtersOf(restricted.tids);
  if (filters === null) return { kind: 'unread', why: whyHarmless(pid, restricted) };
  const libc = libcName(tryReadProc(`/proc/${pid}/maps`) ?? '') ?? 'glibc';
  return { kind: 'read', filters: filters.flat(), libc };
}

export function verdictOn(known: KnownFilters, undertakings: readonly Undertaking[]): SeccompVerdict {
  if (known.kind === 'strict') return { kind: 'read', killed: ['almost every system call'], refused: [] };
  if (known.kind !== 'read') return known;
  const { filters, libc } = known;
  const calls = undertakings.flatMap((undertaking) => neededCalls(undertaking, libc));
  const thatAre = (verdict: 'killed' | 'refused'): string[] => [
    ...new Set(calls.filter((call) => judge(filters, call) === verdict).map(({ name }) => `${name}()`)),
  ];
  return { kind: 'read', killed: thatAre('killed'), refused: thatAre('refused') };
}

/** How the agent would be loaded into a process. */
export function loading(pid: number): Undertaking {
  return visibleToProcess(pid, agentLibraryFile) ? 'load' : 'load from memory';
}

/**
 * A filter may answer a forbidden system call by killing the process; whatever sleeper has it do must not end in that.
 * @returns the filters, for what the look can do without (`killingCalls`)
 * @throws SleeperError seccomp-kills, seccomp-unknown
 */
export async function assertSeccompAllows(
  pid: number,
  undertakings: readonly Undertaking[],
  { trustSeccomp = false, log }: SeccompOptions & { readonly log: (what: string) => void },
): Promise<KnownFilters> {
  const known = await readSeccomp(pid);
  const verdict = verdictOn(known, undertakings);
  if (verdict.kind === 'none') return known;
  if (verdict.kind === 'unread') {
    if (verdict.why === null && !trustSeccomp) throw seccompErrors.seccompUnknown(pid);
    log(`its seccomp filter cannot be read; it is trusted (${verdict.why ?? '--trust-seccomp'})`);
    return known;
  }
  if (verdict.killed.length > 0) throw seccompErrors.seccompKills(pid, verdict.killed, wording(undertakings));
  log(`its seccomp filter was read: it refuses ${verdict.refused.join(', ') || 'nothing that is needed'}`);
  return known;
}

/**
 * The system calls of an undertaking for which a filter would kill the process, where the look can do without; none if
 * the filters may not be read, but are trusted.
 */
export function killingCalls(known: KnownFilters, undertaking: Undertaking): readonly string[] {
  const verdict = verdictOn(known, [undertaking]);
  return verdict.kind === 'read' ? verdict.killed : [];
}

export function wording(undertakings: readonly Undertaking[]): string {
  if (undertakings.includes('live session')) return 'a live session';
  return undertakings.includes('request') && undertakings.length === 1 ? 'a look' : 'loading the agent';
}

/**
 * The one filter of a container is that of its runtime, and those answer with errors. Beside the process, under as many
 * filters, sleeper itself lives under the one of the container, and it makes the same calls.
 */
function whyHarmless(pid: number, { filters }: Restricted): 'container' | 'ours' | null {
  if (filters === 1 && containersOf(pid).length > 0) return 'container';
  const own = parseStatus(tryReadProc('/proc/self/status') ?? '').seccompFilters;
  return filters !== null && filters === own && sharesNamespace(`/proc/${pid}`, 'mnt') ? 'ours' : null;
}
