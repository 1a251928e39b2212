import type { SocketDetails } from '../../model/agentReport.js';
import type { Endpoint, KindMembers } from './common.js';
import type { OpenFd } from './openFd.js';

/** A pipe, or a named one (fifo(7)). */
export function describePipe(entry: OpenFd, holders: readonly PipeHolder[]): KindMembers<'pipe'> {
  const named = entry.target.startsWith('/');
  return {
    kind: 'pipe',
    inode: named ? (entry.stat?.inode ?? 0) : inodeInLink(entry.target),
    end: entry.access,
    path: named ? entry.target : null,
    others: holders
      .filter((holder) => isOtherEnd(entry, holder))
      .map(({ pid, fd, command }) => ({ pid, fd, command })),
  };
}

/** How much lies in a pipe, if the process was asked for that. */
export function contentsOf(
  inside: SocketDetails | undefined,
): Pick<KindMembers<'pipe'>, 'queued' | 'capacity'> {
  const { receiveQueue: queued, capacity } = inside ?? {};
  return queued === undefined || capacity === undefined ? {} : { queued, capacity };
}

/** Who has an end of a pipe open, and which. */
export interface PipeHolder extends Endpoint {
  access: 'read' | 'write' | 'both';
}

function isOtherEnd(entry: OpenFd, holder: PipeHolder): boolean {
  return entry.access === 'both' || holder.access === 'both' || holder.access !== entry.access;
}

/** 1234 of "pipe:[1234]" or "socket:[1234]". */
export function inodeInLink(target: string): number {
  return Number(/\[(\d+)\]$/.exec(target)?.[1] ?? 0);
}
