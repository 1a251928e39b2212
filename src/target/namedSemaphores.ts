import { readdirSync, statSync } from 'node:fs';
import type { Mapping } from './maps.js';

/** Where sem_open(3) of glibc puts its semaphores, and what it puts before their names (sysdeps/posix/shm-directory.c). */
const directory = '/dev/shm';
const prefix = 'sem.';
/** What multiprocessing calls those that it makes and tells nobody the names of (Lib/multiprocessing/synchronize.py). */
const ofMultiprocessing = '/mp-';

/**
 * The name of the semaphore that lies in a mapping of a process: "/jobs"; null: it has none, or is none.
 *
 * The path of the mapping need not tell: glibc makes the file under another name, which is gone, and then links it.
 */
export function semaphoreName(pid: number, { path, inode }: Mapping): string | null {
  if (!path.startsWith(`${directory}/${prefix}`)) return null;
  const files = `/proc/${pid}/root${directory}`;
  try {
    const file = readdirSync(files).find(
      (name) =>
        name.startsWith(prefix) &&
        statSync(`${files}/${name}`, { bigint: true, throwIfNoEntry: false })?.ino === BigInt(inode),
    );
    return file === undefined ? null : `/${file.slice(prefix.length)}`;
  } catch {
    return null; // nobody else may look into it
  }
}

/** Can a process that does not share a mapping begin to, because what is mapped has a name? */
export function anybodyMayMap(pid: number, mapping: Mapping): boolean {
  const { path, deleted } = mapping;
  if (!path.startsWith(`${directory}/${prefix}`)) return path.startsWith('/') && !deleted;
  const name = semaphoreName(pid, mapping);
  return name !== null && !name.startsWith(ofMultiprocessing);
}
