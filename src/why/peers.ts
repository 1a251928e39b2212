import type { FileDescriptor } from '../model/fileDescriptor.js';
import type { KernelFacts } from '../model/kernelFacts.js';
import type { Snapshot, Thread } from '../model/snapshot.js';
import type { Finding } from '../model/why.js';
import type { ThreadWait } from './waits.js';
import { doing, listed, nameOf } from './words.js';

/** The one descriptor that a thread is blocked in, if it is one. */
function descriptorOf({ kernel }: Thread, { fds }: Snapshot): FileDescriptor | null {
  const [fd, ...more] = kernel?.systemCall?.fds ?? [];
  return fd === undefined || more.length > 0 ? null : (fds?.find((each) => each.fd === fd) ?? null);
}

/** The processes that have the other end, as far as is known. */
export function otherEnds(fd: FileDescriptor | null): { pid: number; fd: number }[] {
  if (fd?.kind === 'pipe') return fd.others;
  return fd?.kind === 'socket' ? fd.others.filter(({ peer }) => peer === true) : [];
}

/** Does a thread wait for a pipe that only its own process has, so that only another one of its threads can help? */
export function waitsForOwnPipe(
  { thread, wait }: ThreadWait,
  snapshot: Snapshot,
  { ownPipes }: KernelFacts,
): boolean {
  const fd = descriptorOf(thread, snapshot);
  return wait?.for === 'descriptor' && !wait.timeout && fd?.kind === 'pipe' && ownPipes.includes(fd.target);
}

/** Is a connection one that the process has accepted? Clients come and go: one that is stopped is not missed. */
function isAccepted(fd: FileDescriptor, { fds }: Snapshot): boolean {
  if (fd.kind !== 'socket') return false;
  const port = /:\d+$/.exec(fd.local ?? '')?.[0];
  return (fds ?? []).some(
    (each) => each.kind === 'socket' && each.state === 'LISTEN' && each.local?.endsWith(port ?? '?') === true,
  );
}

/** Threads that wait for a process that a signal has stopped, at the other end of a pipe or connection. */
export function stoppedPeers(
  waits: readonly ThreadWait[],
  snapshot: Snapshot,
  facts: KernelFacts,
): Finding[] {
  return waits.flatMap((each): Finding[] => {
    const fd = each.wait?.for === 'descriptor' ? descriptorOf(each.thread, snapshot) : null;
    const ends = [...new Set(otherEnds(fd).map(({ pid }) => pid))];
    if (fd === null || ends.length === 0 || isAccepted(fd, snapshot)) return [];
    const stopped = facts.stoppedPeers.filter(({ pid }) => ends.includes(pid));
    if (stopped.length < ends.length) return [];
    const who = listed(stopped.map(({ pid, command }) => `process ${pid} (${command})`));
    const go = stopped.map(({ pid }) => pid).join(' ');
    return [
      {
        kind: 'stopped peer',
        hung: each.wait?.timeout === false,
        inferred: false,
        tids: each.thread.tid === null ? [] : [each.thread.tid],
        text: `stopped peer: thread ${nameOf(each.thread)} ${doing(each)}; ${who} there is stopped by a signal: let it go on with \`kill -CONT ${go}\``,
      },
    ];
  });
}
