import { executableSegments, type Reader } from './elf.js';
import { imageBases, type Mapping } from './maps.js';

/** Images that are never unloaded; the errand must not lose the ground under its feet. The best first. */
const lasting = [
  /\/(memfd:)?libsleeper[^/]*\.so/,
  /\/(lib)?python[^/]*$/,
  /\/libc[.-][^/]*$/,
  /\/lib(m|pthread)[.-][^/]*$/,
];
const alignment = 16n;
const pageBytes = 4096n;

/** A piece of executable memory where something can be put, and nothing else is ever executed. */
export interface CodeCave {
  readonly at: bigint;
  readonly bytes: number;
}

/** What is left of the pages behind the ends of the code of programs and libraries; the best cave first. */
export function codeCaves(mappings: readonly Mapping[], memory: Reader): CodeCave[] {
  const executable = mappings.filter(({ permissions, inode }) => permissions === 'r-xp' && inode !== '0');
  const bases = imageBases(mappings);
  const ranked = lasting.flatMap((pattern) => executable.filter(({ path }) => pattern.test(path)));
  return [...new Set(ranked)].flatMap((mapping) => {
    const base = bases.filter((each) => each.path === mapping.path && each.start <= mapping.start).at(-1);
    const at = base === undefined ? null : behindCode(mapping, base, memory);
    return at === null ? [] : [{ at, bytes: Number(mapping.end - at) }];
  });
}

/** The address of the best one that has so many bytes; null: there is none. */
export function findCodeCave(mappings: readonly Mapping[], memory: Reader, size: number): bigint | null {
  return codeCaves(mappings, memory).find(({ bytes }) => bytes >= size)?.at ?? null;
}

function behindCode(mapping: Mapping, base: Mapping, memory: Reader): bigint | null {
  try {
    const segment = executableSegments(memory, base.start).find(
      ({ end }) => end > mapping.start && end <= mapping.end && mapping.end - end < pageBytes,
    );
    return segment === undefined ? null : ((segment.end + alignment - 1n) / alignment) * alignment;
  } catch {
    return null;
  }
}
