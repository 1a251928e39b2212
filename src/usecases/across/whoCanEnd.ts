import { childrenOf } from '../../target/childProcesses.js';
import { fileLockHolders } from '../../target/fileLocks.js';
import { findAllHolders, type AllHolders } from '../../target/fds/holders.js';
import { sharedPlace } from '../../target/futexPlace.js';
import { parseMaps, type Mapping } from '../../target/maps.js';
import { anybodyMayMap } from '../../target/namedSemaphores.js';
import { tryListNumbers, tryReadProc } from '../../target/procFile.js';
import { parseStatus } from '../../target/status.js';
import { parseSystemCall } from '../../target/syscalls/decode.js';
import { polls } from '../../why/systemCallWaits.js';
import type { BlockedProcess, BlockedThread } from './blockedProcess.js';
import { OtherSides, type Side } from './otherSides.js';

/** Who could let a thread go on, each of them alone. */
export interface Enders {
  readonly pids: readonly number[];
  /** Is it certain that there is nobody else, and that the wait has no end of its own? */
  readonly certain: boolean;
  /** The thread waits for another thread of its process. */
  readonly within: boolean;
}

/** futex(2): nobody outside of the process can wake it. */
const FUTEX_PRIVATE = 128n;
/** For so long the other processes are looked through. */
const patienceMs = 500;

/** The process that holds the lock between processes that a thread waits for, by its place in shared memory; null: that is not known. */
export type HolderOf = (pid: number, tid: number, shared: string) => number | null;

/** Who could let each thread of a process go on; null: of one that is not known, or somebody else could. */
export function whoCanEnd(
  process: BlockedProcess,
  holderOf: HolderOf,
): ReadonlyMap<BlockedThread, Enders> | null {
  const { pid, threads } = process;
  const known = new Map<BlockedThread, Enders>();
  const sides = new Map<BlockedThread, readonly Side[]>();
  const otherSides = new OtherSides(pid);
  for (const thread of threads) {
    const others = otherSides.of(thread);
    const enders = others === null ? ofOtherCall(process, thread, holderOf) : null;
    if (others !== null) sides.set(thread, others);
    else if (enders !== null) known.set(thread, enders);
    else return null;
  }
  const links = new Set(
    [...sides.values()].flat().flatMap((side) => (side.kind === 'file' ? [side.link] : [])),
  );
  const place = { pid, procRoot: '/proc', directory: `/proc/${pid}` };
  const all = findAllHolders(place, links, patienceMs);
  if (all === null) return null;
  for (const [thread, others] of sides) {
    const enders = endersOf(process, thread, others, all);
    if (enders === null) return null;
    known.set(thread, enders);
  }
  return known;
}

function endersOf(
  { pid }: BlockedProcess,
  { call }: BlockedThread,
  sides: readonly Side[],
  { holders, certain }: AllHolders,
): Enders | null {
  const pids: number[] = [];
  for (const side of sides) {
    if (side.kind === 'process') {
      pids.push(side.pid);
      continue;
    }
    const { link, access } = side;
    const having = (holders.get(link) ?? []).filter(
      (each) => each.access === 'both' || each.access === access,
    );
    // Nobody has it, as far as one can see: then something else goes on here.
    if (having.length === 0) return null;
    pids.push(...having.map((each) => each.pid));
  }
  const isPolling = polls.test(call.name);
  // A socket may have a timeout that only the process knows (SO_RCVTIMEO). It is none for those who poll.
  const endless = isPolling || sides.every((side) => side.kind === 'file' && side.link.startsWith('pipe:'));
  // An event loop has a pipe or sockets to itself, by which its own threads wake it.
  const within = isPolling && pids.every((each) => each === pid);
  return { pids, within, certain: certain && endless };
}

function ofOtherCall(
  { pid }: BlockedProcess,
  { tid, call, mark }: BlockedThread,
  holderOf: HolderOf,
): Enders | null {
  switch (call.name) {
    case 'futex':
      return ofFutex(pid, mark.split('\n')[0] ?? '', (shared) => holderOf(pid, tid, shared));
    case 'wait4':
    case 'waitid':
      return ofChildren(pid, call.arguments[0] ?? '');
    case 'flock':
    case 'fcntl': {
      const pids = fileLockHolders(pid);
      return pids.length === 0 ? null : { pids, certain: true, within: false };
    }
    default:
      return null;
  }
}

function ofFutex(pid: number, line: string, holderOf: (shared: string) => number | null): Enders | null {
  const [address, operation] = parseSystemCall(line)?.arguments ?? [0n, 0n];
  if ((operation & FUTEX_PRIVATE) !== 0n) return { pids: [pid], certain: true, within: true };
  const mappings = parseMaps(tryReadProc(`/proc/${pid}/maps`) ?? '');
  const shared = sharedPlace(address, mappings);
  const mapping = mappings.find(({ start, end }) => address >= start && address < end);
  if (shared === null || mapping === undefined) return null;
  const holder = holderOf(shared);
  if (holder === null && anybodyMayMap(pid, mapping)) return null;
  return { pids: holder === null ? processesWith(mapping) : [holder], certain: false, within: false };
}

/** The processes that share memory: those that have the same file mapped, of this user's. */
function processesWith({ device, inode }: Mapping): number[] {
  const text = ` ${device} ${inode} `;
  return (tryListNumbers('/proc') ?? []).filter((pid) =>
    (tryReadProc(`/proc/${pid}/maps`) ?? '').includes(text),
  );
}

function ofChildren(pid: number, whom: string): Enders | null {
  const idsOf = (which: number | 'self'): number[] =>
    parseStatus(tryReadProc(`/proc/${which}/status`) ?? '').namespacePids;
  // In a pid namespace of its own it knows its children by other ids.
  if (idsOf(pid).length !== idsOf('self').length) return null;
  if (whom.startsWith('pid=')) return { pids: [Number(whom.slice(4))], certain: true, within: false };
  if (whom !== 'any child') return null;
  const children = childrenOf(pid);
  return children.length === 0 ? null : { pids: children, certain: true, within: false };
}
