import { spawnSync } from 'node:child_process';
import { sharesNamespace } from '../namespaces.js';

/** The kernel tells it on demand; it is not worth a longer wait. */
const patienceMs = 1000;
const mostBytes = 64 << 20;

/** The socket at the other end of one. */
export interface PeerSocket {
  readonly inode: number;
  /** In bytes: what has been sent to it and that nobody has read there. */
  readonly unread: number;
}

/**
 * The inodes of connected UNIX sockets, each with its other end, in the network namespace of a process. No file
 * in /proc has them, only sock_diag(7), which `ss` of iproute2 asks. Empty where it is not installed, and for a process
 * in another network namespace.
 * @param directory of the process in /proc
 */
export function unixPeers(directory: string): ReadonlyMap<number, PeerSocket> {
  if (!sharesNamespace(directory, 'net')) return new Map();
  const { stdout, error } = spawnSync('ss', ['-xanH'], {
    ...{ encoding: 'utf8', timeout: patienceMs, maxBuffer: mostBytes },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return error === undefined ? parseUnixPeers(stdout) : new Map();
}

/**
 * Lines of `ss -xanH`: `u_str ESTAB 0 0 /run/x.sock 4720680 * 4720679`. A path may contain what looks like the rest of
 * a line, so both ends must say it.
 */
export function parseUnixPeers(text: string): ReadonlyMap<number, PeerSocket> {
  const said = new Map<number, { peer: number; unread: number }>();
  for (const [, unread, inode, peer] of text.matchAll(/^u_\S+ +ESTAB +(\d+) .* (\d+) +\S.* (\d+) *$/gm))
    said.set(Number(inode), { peer: Number(peer), unread: Number(unread) });
  return new Map(
    [...said].flatMap(([inode, { peer }]): [number, PeerSocket][] => {
      const other = said.get(peer);
      return other?.peer === inode ? [[inode, { inode: peer, unread: other.unread }]] : [];
    }),
  );
}
