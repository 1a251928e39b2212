import { bitNames } from '../syscalls/format.js';
import type { KindMembers } from './common.js';

/** epoll_ctl(2) */
const events = [
  [0x1, 'EPOLLIN'],
  [0x2, 'EPOLLPRI'],
  [0x4, 'EPOLLOUT'],
  [0x8, 'EPOLLERR'],
  [0x10, 'EPOLLHUP'],
  [0x40, 'EPOLLRDNORM'],
  [0x80, 'EPOLLRDBAND'],
  [0x100, 'EPOLLWRNORM'],
  [0x200, 'EPOLLWRBAND'],
  [0x400, 'EPOLLMSG'],
  [0x2000, 'EPOLLRDHUP'],
  [0x10000000, 'EPOLLEXCLUSIVE'],
  [0x20000000, 'EPOLLWAKEUP'],
  [0x40000000, 'EPOLLONESHOT'],
  [0x80000000, 'EPOLLET'],
] as const;

/** EPOLLERR and EPOLLHUP are always waited for: the kernel adds them, so they say nothing. */
const implied = 0x18;

/** Lines "tfd: 5 events: 19 data: 5 pos:0 ino:61af sdev:7"; the number is that of the time when it was added. */
export function describeEpoll(info: string): KindMembers<'epoll'> {
  const interest = [...info.matchAll(/^tfd: +(\d+) events: +([0-9a-f]+)/gm)].map(([, fd, mask]) => ({
    fd: Number(fd),
    events: bitNames(Number.parseInt(mask ?? '0', 16) & ~implied, events),
  }));
  // The kernel's order is by an address of its own.
  return { kind: 'epoll', interest: interest.sort((a, b) => a.fd - b.fd) };
}
