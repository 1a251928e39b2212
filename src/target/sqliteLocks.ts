import type { FileDescriptor } from '../model/fileDescriptor.js';
import { defaultProcRoot, tryReadProc } from './procFile.js';

/** A SQLite database that is locked. */
export interface LockedDatabase {
  readonly path: string;
  /** The processes that have it locked, the one that was asked for among them only if nobody else has. */
  readonly holders: readonly number[];
}

/**
 * The bytes that SQLite locks, which nobody else would: of the database PENDING_BYTE and what follows it (os.h), of the
 * index of its write-ahead log, "-shm", those of WALINDEX_LOCK_OFFSET that are not for readers (wal.c).
 */
const inDatabase = { first: 0x40000000, last: 0x40000000 + 511 };
const inLogIndex = { first: 120, last: 122 };

interface FileLock {
  readonly exclusive: boolean;
  readonly owner: number;
  readonly inode: number;
  readonly first: number;
  readonly last: number;
}

/** Lines as `1: POSIX  ADVISORY  WRITE 4711 08:01:1234 1073741824 1073742335`, but for those that wait (proc_locks(5)). */
function heldLocks(procRoot: string): FileLock[] {
  const line = /^\d+: POSIX +\S+ +(READ|WRITE) +(\d+) [0-9a-f]+:[0-9a-f]+:(\d+) (\d+) (\d+|EOF)$/gm;
  return [...(tryReadProc(`${procRoot}/locks`) ?? '').matchAll(line)].map(
    ([, type, owner, inode, first, last]) => ({
      exclusive: type === 'WRITE',
      ...{ owner: Number(owner), inode: Number(inode), first: Number(first) },
      last: last === 'EOF' ? Infinity : Number(last),
    }),
  );
}

/** The SQLite databases among the open files of a process that somebody has locked. */
export function lockedDatabases(
  pid: number,
  fds: readonly FileDescriptor[],
  procRoot = defaultProcRoot,
): LockedDatabase[] {
  const files = fds.flatMap((fd) => (fd.kind === 'file' ? [{ path: fd.path, inode: fd.inode }] : []));
  if (files.length === 0) return [];
  const locks = heldLocks(procRoot);
  const databases = new Map<string, number[]>();
  for (const { path, inode } of files) {
    const log = path.endsWith('-shm');
    const { first, last } = log ? inLogIndex : inDatabase;
    const owners = locks
      .filter((lock) => lock.inode === inode && lock.first >= first && lock.last <= last)
      // Of its own locks those that it reads by are no hindrance.
      .filter(({ owner, exclusive }) => owner > 0 && (exclusive || owner !== pid))
      .map(({ owner }) => owner);
    const database = log ? path.slice(0, -'-shm'.length) : path;
    // A log keeps a lock for reading on the database for as long as it is open.
    databases.set(database, [...(databases.get(database) ?? []), ...owners]);
  }
  return [...databases].flatMap(([path, owners]) => {
    const others = owners.filter((owner) => owner !== pid);
    const holders = [...new Set(others.length === 0 ? owners : others)];
    return holders.length === 0 ? [] : [{ path, holders }];
  });
}
