import type { NetRow, NetTables } from './netTables.js';

/**
 * The inode of the socket at the other end of a TCP connection within this machine (the same network namespace):
 * the one whose addresses are this one's, the other way round. Null when there is none.
 */
export function tcpPeer(local: string | null, remote: string | null, tables: NetTables): number | null {
  if (local === null || remote === null) return null;
  const wanted = `${plain(remote)} ${plain(local)}`;
  // Only a connection of this machine with itself can have both ends here; and then both hosts are local addresses.
  return peersOf(tables).get(wanted) ?? null;
}

const caches = new WeakMap<NetTables, Map<string, number>>();

function peersOf(tables: NetTables): Map<string, number> {
  let cache = caches.get(tables);
  if (cache === undefined) {
    cache = new Map(
      [...tables.rows('tcp'), ...tables.rows('tcp6')]
        .filter(connected)
        .map((row) => [`${plain(row.local ?? '')} ${plain(row.remote ?? '')}`, row.inode]),
    );
    caches.set(tables, cache);
  }
  return cache;
}

/** Sockets in TIME_WAIT belong to nobody; their inode is 0. */
function connected(row: NetRow): boolean {
  return row.remote !== null && row.inode !== 0;
}

/** An IPv4 address within IPv6 as IPv4: the two ends may differ in this. */
function plain(address: string): string {
  return address.replace(/^\[::ffff:([\d.]+)\]/, '$1');
}
