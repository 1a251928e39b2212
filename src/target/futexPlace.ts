import type { FutexPlace } from '../model/kernelFacts.js';
import type { Reader } from './elf.js';
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

/** So much of an arena of glibc's allocator has the heads of its lists in it (malloc/malloc.c, struct malloc_state). */
const arenaHeadBytes = 2200;
/** So many of some 120 lists are empty, however a program uses its memory. */
const leastEmpty = 32;

/**
 * Is it an arena of glibc's allocator that begins with these bytes? The main arena lies among the data of the C library,
 * and has no name in a stripped one. But the heads of its lists of free chunks that are empty point at themselves: they
 * are taken for chunks, which begin two words in front.
 */
function isArena(data: Buffer, address: bigint): boolean {
  let empty = 0;
  for (let at = 0; at + 16 <= data.length; at += 8) {
    const own = address + BigInt(at) - 16n;
    if (data.readBigUInt64LE(at) === own && data.readBigUInt64LE(at + 8) === own) empty++;
  }
  return empty >= leastEmpty;
}

function arenaAt(address: bigint, memory: Reader | null): boolean {
  try {
    return memory !== null && isArena(memory.read(address, arenaHeadBytes), address);
  } catch {
    return false;
  }
}

/**
 * What a futex of a process is part of, by where it lies.
 * @param memory null: it may not be read
 * @param nameOf the name of the semaphore that a mapping is, if it is one
 */
export function futexPlace(
  address: bigint,
  mappings: readonly Mapping[],
  memory: Reader | null = null,
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
  if (arenaAt(address, memory)) return { of: 'allocator', library: null };
  const library = file.path.slice(file.path.lastIndexOf('/') + 1);
  return { of: loader.test(file.path) ? 'loader' : 'library', library };
}
