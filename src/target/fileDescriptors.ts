import type { SocketDetails, Warning } from '../model/agentReport.js';
import type { FileDescriptor } from '../model/fileDescriptor.js';
import type { KernelThread } from '../model/snapshot.js';
import { describeAnonymous } from './fds/anonymous.js';
import { blockedThreads } from './fds/blockedThreads.js';
import { commonMembers, type Endpoint } from './fds/common.js';
import { describeFile } from './fds/file.js';
import { findHolders, type Holders, type HoldersScan, type ScanLimits } from './fds/holders.js';
import { NetTables } from './fds/netTables.js';
import { isPipe, isSocket, type FdTable } from './fds/openFd.js';
import { tcpPeer } from './fds/peers.js';
import { contentsOf, describePipe, inodeInLink } from './fds/pipe.js';
import { describeSocket } from './fds/socket.js';
import { unixPeers, type PeerSocket } from './fds/unixPeers.js';

export { readFdTable, fdsKnownInside, withoutFds, type FdTable } from './fds/openFd.js';

export interface DescribeFdsOptions {
  /** To tell which threads wait for which descriptor. */
  threads?: readonly KernelThread[];
  /** What the agent tells of sockets and pipes, from inside. */
  sockets?: readonly SocketDetails[];
  /** How much of the other processes is looked through for the other ends; null: not at all. */
  scan?: ScanLimits | null;
}

export interface DescribedFds {
  fds: FileDescriptor[];
  warnings: Warning[];
}

type Socket = Extract<FileDescriptor, { kind: 'socket' }>;
type Pipe = Extract<FileDescriptor, { kind: 'pipe' }>;

/**
 * Describes the open files of a process: the table as it was read, what the agent tells of sockets and pipes and /proc/PID/net of sockets,
 * who has the other ends, and who waits for what. Needs no stop of the process.
 */
export function describeFds(table: FdTable, options: DescribeFdsOptions = {}): DescribedFds {
  const net = new NetTables(table.directory);
  const blocked = blockedThreads(table.open, options.threads ?? []);
  const inside = new Map((options.sockets ?? []).map((details) => [details.fd, details]));
  const outside = net.find(
    table.open
      .filter((entry) => isSocket(entry) && !isKnown(inside.get(entry.fd)))
      .map(({ target }) => inodeInLink(target)),
  );

  const fds: FileDescriptor[] = table.open.map((entry) => {
    const common = commonMembers(entry, blocked.get(entry.fd) ?? []);
    if (isSocket(entry)) {
      const inode = inodeInLink(entry.target);
      return {
        ...common,
        ...describeSocket(inode, inside.get(entry.fd) ?? null, outside.get(inode) ?? null, []),
      };
    }
    if (isPipe(entry)) return { ...common, ...describePipe(entry, []), ...contentsOf(inside.get(entry.fd)) };
    if (entry.stat !== null && entry.stat.type !== 'other')
      return { ...common, ...describeFile(entry, entry.stat) };
    return { ...common, ...describeAnonymous(entry.target, entry.info) };
  });

  const warnings = options.scan === null ? [] : addOtherEnds(table, fds, net, options.scan);
  const unreadable = table.unreadable.map((entry) => ({ kind: 'unreadable' as const, ...entry }));
  if (unreadable.length > 0) warnings.unshift(unreadableWarning(table));
  return { fds: [...fds, ...unreadable].sort((a, b) => a.fd - b.fd), warnings };
}

/** The agent said what kind of socket it is; then nothing is looked up outside. */
function isKnown(details: SocketDetails | undefined): boolean {
  return details?.family !== undefined;
}

/** Fills `others` of the pipes and sockets, by one look through the other processes. */
function addOtherEnds(table: FdTable, fds: FileDescriptor[], net: NetTables, limits?: ScanLimits): Warning[] {
  const sockets = fds.filter((fd): fd is Socket => fd.kind === 'socket');
  const pipes = fds.filter((fd): fd is Pipe => fd.kind === 'pipe');
  const peers = peerLinks(table, sockets, net);
  const links = new Set([...pipes, ...sockets].map(({ target }) => target));
  for (const peer of peers.values()) links.add(peer);
  const likely = sockets.flatMap(({ peerPid }) => peerPid ?? []);
  const entries = new Map(table.open.map((entry) => [entry.fd, entry]));
  const otherEnds = ({ fd, target }: Pipe, holders: Holders): Endpoint[] => {
    const entry = entries.get(fd);
    if (entry === undefined) return [];
    const others = (holders.get(target) ?? []).filter(
      (holder) => holder.pid !== table.pid || holder.fd !== fd,
    );
    return describePipe(entry, others).others;
  };
  const isMissing = (holders: Holders): boolean =>
    // Who has both ends needs nobody else.
    pipes.some((pipe) => pipe.end !== 'both' && otherEnds(pipe, holders).length === 0) ||
    [...peers.values()].some((peer) => !holders.has(peer));
  const scan = findHolders(table, { links, likely, isMissing }, limits);

  for (const pipe of pipes) pipe.others = otherEnds(pipe, scan.holders);
  for (const socket of sockets) {
    const sharing = endpoints(scan, socket.target).filter(({ pid }) => pid !== table.pid);
    const peer = peers.get(socket);
    const holding =
      peer === undefined ? [] : endpoints(scan, peer).map((end) => ({ ...end, peer: true as const }));
    socket.others = [...holding, ...sharing];
  }
  return links.size === 0 ? [] : scanWarnings(scan);
}

/** The sockets at the other ends of those that are connected within this machine, as links; notes what lies there unread. */
function peerLinks(
  { directory }: FdTable,
  sockets: readonly Socket[],
  net: NetTables,
): ReadonlyMap<Socket, string> {
  const isUnix = ({ family, state }: Socket): boolean => family === 'AF_UNIX' && state === 'CONNECTED';
  const ofUnix = sockets.some(isUnix) ? unixPeers(directory) : new Map<number, PeerSocket>();
  const peers = new Map<Socket, string>();
  for (const socket of sockets) {
    const { local, remote, inode } = socket;
    const peer = isLocalTcp(socket) ? tcpEnd(local, remote, net) : isUnix(socket) ? ofUnix.get(inode) : null;
    if (peer === null || peer === undefined) continue;
    peers.set(socket, `socket:[${String(peer.inode)}]`);
    socket.peerReceiveQueue = peer.unread;
  }
  return peers;
}

function tcpEnd(local: string | null, remote: string | null, net: NetTables): PeerSocket | null {
  const inode = tcpPeer(local, remote, net);
  return inode === null ? null : { inode, unread: net.find([inode]).get(inode)?.receiveQueue ?? 0 };
}

function endpoints(scan: HoldersScan, target: string): Endpoint[] {
  return (scan.holders.get(target) ?? []).map(({ pid, fd, command }) => ({ pid, fd, command }));
}

/** A connection whose both ends are on this machine: to a loopback address, or from a host to itself. */
function isLocalTcp({ family, type, local, remote }: Socket): boolean {
  if (type !== 'SOCK_STREAM' || family?.startsWith('AF_INET') !== true) return false;
  if (local === null || remote === null) return false;
  const host = (address: string) => address.slice(0, address.lastIndexOf(':'));
  return host(local) === host(remote) || /^(127\.|\[::1\]|\[::ffff:127\.)/.test(remote);
}

function unreadableWarning({ unreadable }: FdTable): Warning {
  const errors = [...new Set(unreadable.map(({ error }) => error))].join(', ');
  return {
    where: 'fds',
    message: `file descriptors that cannot be read: ${String(unreadable.length)} (${errors})`,
  };
}

function scanWarnings({ incomplete }: HoldersScan): Warning[] {
  if (incomplete === null) return [];
  const { scanned, total, denied } = incomplete;
  const reasons: string[] = [];
  if (scanned < total)
    reasons.push(`only ${String(scanned)} of ${String(total)} processes were looked through`);
  if (denied > 0) {
    const processes = denied === 1 ? 'one process' : `${String(denied)} processes`;
    reasons.push(`the open files of ${processes} may not be read`);
  }
  return [{ where: 'fds', message: `other ends of pipes and sockets may be missing: ${reasons.join(', ')}` }];
}
