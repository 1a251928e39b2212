import type { KernelThread } from '../../model/snapshot.js';
import { describeEpoll } from './epoll.js';
import type { OpenFd } from './openFd.js';

/**
 * Which threads wait for which file descriptor: by their system call, and through epoll for what is in its interest
 * list (also of an epoll within an epoll).
 */
export function blockedThreads(
  open: readonly OpenFd[],
  threads: readonly KernelThread[],
): Map<number, number[]> {
  const interests = new Map(
    open
      .filter(({ target }) => target === 'anon_inode:[eventpoll]')
      .map(({ fd, info }) => [fd, describeEpoll(info).interest.map((entry) => entry.fd)]),
  );
  const blocked = new Map<number, number[]>();
  for (const { tid, systemCall } of threads) {
    const reached = new Set(systemCall?.fds);
    const through = systemCall !== null && /^(epoll_p?wait|p?poll|p?select)/.test(systemCall.name);
    // A Set that grows is iterated to its new end.
    if (through) for (const fd of reached) for (const member of interests.get(fd) ?? []) reached.add(member);
    for (const fd of reached) blocked.set(fd, [...(blocked.get(fd) ?? []), tid]);
  }
  return blocked;
}
