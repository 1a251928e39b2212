import { spawnSync } from 'node:child_process';
import { defaultProcRoot, tryReadLink } from '../procFile.js';

/** The kernel tells it on demand; it is not worth a longer wait. */
const patienceMs = 1000;
const mostBytes = 64 << 20;

/**
 * The inodes of connected UNIX sockets, each with that of its other end, in the network namespace of a process. No file
 * in /proc has them, only sock_diag(7), which `ss` of iproute2 asks. Empty where it is not installed, and for a process
 * in another network namespace.
 * @param directory of the process in /proc
 */
export function unixPeers(directory: string): ReadonlyMap<number, number> {
  const own = tryReadLink(`${defaultProcRoot}/self/ns/net`);
  if (own === null || tryReadLink(`${directory}/ns/net`) !== own) return new Map();
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
export function parseUnixPeers(text: string): ReadonlyMap<number, number> {
  const said = new Map<number, number>();
  for (const [, inode, peer] of text.matchAll(/^u_\S+ +ESTAB .* (\d+) +\S.* (\d+) *$/gm))
    said.set(Number(inode), Number(peer));
  return new Map([...said].filter(([inode, peer]) => said.get(peer) === inode));
}
