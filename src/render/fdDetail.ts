import type { FileDescriptor } from '../model/fileDescriptor.js';
import { escapeUntrusted } from './escape.js';
import { bytes, count, duration } from './units.js';

type Socket = Extract<FileDescriptor, { kind: 'socket' }>;
type Endpoint = Socket['others'][number];

function others(ends: readonly Endpoint[], what: string): string[] {
  if (ends.length === 0) return [];
  const shown = ends
    .slice(0, 3)
    .map(({ pid, fd, command }) => `${pid} ${escapeUntrusted(command)} (fd ${fd})`)
    .join(', ');
  return [`${what} ${shown}${ends.length > 3 ? ` and ${count(ends.length - 3)} more` : ''}`];
}

function protocol({ family, type }: Socket): string {
  const inet = family === 'AF_INET' || family === 'AF_INET6';
  if (inet && type === 'SOCK_STREAM') return 'TCP';
  if (inet && type === 'SOCK_DGRAM') return 'UDP';
  const name = [family?.replace('AF_', ''), type?.replace('SOCK_', '').toLowerCase()];
  return escapeUntrusted(name.filter((part) => part !== undefined).join(' ')) || 'socket';
}

/** What waits in the queues. TCP counts bytes; of other sockets /proc, and for sending the kernel at all, counts memory. */
function queues(fd: Socket): string[] {
  const { receiveQueue, sendQueue, errorPending } = fd;
  const tcp = protocol(fd) === 'TCP';
  // Only from inside is it known whether an error is pending.
  const inside = errorPending !== null;
  return [
    ...(receiveQueue
      ? [`${bytes(receiveQueue)} ${tcp || inside ? 'not yet read' : 'of the receive buffer in use'}`]
      : []),
    ...(sendQueue ? [`${bytes(sendQueue)} ${tcp ? 'not yet sent' : 'of the send buffer in use'}`] : []),
    ...(fd.peerReceiveQueue ? [`${bytes(fd.peerReceiveQueue)} not yet read at the other end`] : []),
  ];
}

function socketParts(fd: Socket): string[] {
  const ends = [fd.local, fd.remote]
    .filter((end) => end !== null && end !== '')
    .map((end) => escapeUntrusted(end ?? ''));
  const name = [protocol(fd), ends.join(' -> '), fd.state === null ? '' : escapeUntrusted(fd.state)];
  return [
    name.filter((part) => part !== '').join(' '),
    ...queues(fd),
    ...(fd.backlog === null
      ? []
      : [`${count(fd.backlog.queued)} of ${count(fd.backlog.limit)} in the backlog`]),
    ...(fd.errorPending === true ? ['error pending'] : []),
    // The kernel's word is who has made the connection; who has the other end open is better.
    ...(fd.peerPid === null || fd.others.some(({ pid, peer }) => peer === true || pid === fd.peerPid)
      ? []
      : [`other end: process ${fd.peerPid}`]),
    ...others(
      fd.others.filter(({ peer }) => peer === true),
      'other end:',
    ),
    ...others(
      fd.others.filter(({ peer }) => peer !== true),
      'also held by',
    ),
  ];
}

function parts(fd: FileDescriptor): string[] {
  switch (fd.kind) {
    case 'file':
    case 'memfd':
      return [
        escapeUntrusted(fd.path),
        ...(fd.deleted ? ['deleted'] : []),
        fd.size === null ? `at ${count(fd.offset)}` : `at ${count(fd.offset)} of ${count(fd.size)} bytes`,
      ];
    case 'directory':
    case 'device':
    case 'tty':
      return [escapeUntrusted(fd.path), ...(fd.deleted ? ['deleted'] : [])];
    case 'pipe':
      return [
        `${fd.end === 'both' ? 'both ends' : `${fd.end} end`} of ${fd.path === null ? `pipe ${fd.inode}` : escapeUntrusted(fd.path)}`,
        ...(fd.queued && fd.capacity ? [`${bytes(fd.queued)} of ${bytes(fd.capacity)} not yet read`] : []),
        ...others(fd.others, 'other end:'),
      ];
    case 'socket':
      return socketParts(fd);
    case 'epoll':
      return [
        fd.interest.length === 0
          ? 'waits for nothing'
          : `waits for ${fd.interest.map(({ fd: number, events }) => `${number} (${escapeUntrusted(events.join('|'))})`).join(', ')}`,
      ];
    case 'eventfd':
      return fd.count === null ? [] : [`count ${escapeUntrusted(fd.count)}`];
    case 'timerfd':
      return [
        ...(fd.clock === null ? [] : [escapeUntrusted(fd.clock)]),
        ...(fd.nextMs === null ? [] : [`next in ${duration(fd.nextMs)}`]),
        ...(fd.intervalMs === null ? [] : [`every ${duration(fd.intervalMs)}`]),
      ];
    case 'signalfd':
      return [escapeUntrusted(fd.signals.join(' '))];
    case 'inotify':
      return [`${count(fd.watches)} watches`];
    case 'pidfd':
      return [fd.pid === null ? 'process gone' : `process ${fd.pid}`];
    case 'other':
      return [escapeUntrusted(fd.name)];
    case 'unreadable':
      return [`unreadable: ${escapeUntrusted(fd.error)}`];
  }
}

/** What a file descriptor is, on one line: `TCP 127.0.0.1:5000 -> 127.0.0.1:4000 ESTABLISHED, 12 B not yet read`. */
export function describeFd(fd: FileDescriptor): string {
  return parts(fd).join(', ');
}
