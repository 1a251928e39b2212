import type { FutexPlace } from '../model/kernelFacts.js';
import type { Mapping } from './maps.js';

const loader = /\/(ld-[^/]*|ld\.so[^/]*|ld64[^/]*)$/;
/** glibc's arenas, but for the main one, begin at multiples of this with their head and lock (malloc/arena.c, HEAP_MAX_SIZE). */
const arenaBytes = 64n << 20n;
const arenaLockEnd = 64n;

/** Where in shared memory an address is: the file and the place in it, the same in all processes; null: it is private. */
export function sharedPlace(address: bigint, mappings: readonly Mapping[]): string | null {
  const mapping = mappings.find(({ start, end }) => address >= start && address < end);
  if (mapping === undefined || !mapping.permissions.endsWith('s') || mapping.inode === '0') return null;
  return `${mapping.device}:${mapping.inode}+${mapping.offset + address - mapping.start}`;
}

/**
 * What a futex of a process is part of, by where it lies.
 * @param nameOf the name of the semaphore that a mapping is, if it is one
 */
export function futexPlace(
  address: bigint,
  mappings: readonly Mapping[],
  nameOf: (mapping: Mapping) => string | null = () => null,
): FutexPlace {
  const index = mappings.findIndex(({ start, end }) => address >= start && address < end);
  const mapping = mappings[index];
  if (mapping === undefined) return { of: 'memory', library: null };
  const name = nameOf(mapping);
  if (name !== null) return { of: 'semaphore', name };
  const isAnonymous = mapping.inode === '0' && mapping.path === '';
  if (isAnonymous && mapping.start % arenaBytes === 0n && address % arenaBytes < arenaLockEnd)
    return { of: 'allocator', library: null };
  // Zeroed data lies in an anonymous mapping right behind the library's own.
  const before = mappings[index - 1];
  const file = isAnonymous && before?.end === mapping.start ? before : mapping;
  if (!file.path.startsWith('/') || file.path.startsWith('/memfd:') || file.path.startsWith('/dev/'))
    return { of: 'memory', library: null };
  const library = file.path.slice(file.path.lastIndexOf('/') + 1);
  return { of: loader.test(file.path) ? 'loader' : 'library', library };
}
