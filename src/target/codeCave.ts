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

/**
 * An address in executable memory where `size` bytes can be put and nothing else is ever executed: what is left of a
 * page behind the end of a program's or library's code. Null: there is none.
 */
export function findCodeCave(mappings: readonly Mapping[], memory: Reader, size: number): bigint | null {
  const executable = mappings.filter(({ permissions, inode }) => permissions === 'r-xp' && inode !== '0');
  const bases = imageBases(mappings);
  const ranked = lasting.flatMap((pattern) => executable.filter(({ path }) => pattern.test(path)));
  for (const mapping of [...new Set(ranked)]) {
    const base = bases.filter((each) => each.path === mapping.path && each.start <= mapping.start).at(-1);
    if (base === undefined) continue;
    const cave = behindCode(mapping, base, memory);
    if (cave !== null && mapping.end - cave >= BigInt(size)) return cave;
  }
  return null;
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
