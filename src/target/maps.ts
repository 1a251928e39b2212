/** One line of /proc/PID/maps (proc_pid_maps(5)). */
export interface Mapping {
  start: bigint;
  /** The first address after it. */
  end: bigint;
  /** "r-xp" */
  permissions: string;
  /** Offset in the file, in bytes. */
  offset: bigint;
  /** "fd:01": the file system. Together with the inode it identifies the file, whatever it is called now. */
  device: string;
  inode: string;
  /** Without " (deleted)". "" for an anonymous mapping, "[heap]" and such, "/memfd:name" of a memfd. */
  path: string;
  deleted: boolean;
}

const line = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) (\S+) (\d+) *(.*)$/gm;
const deletedSuffix = ' (deleted)';

/**
 * Parses /proc/PID/maps, in order of addresses. The kernel writes a newline in a path as "\012".
 * @param contains only mappings whose line has this text: most callers look for one library among hundreds
 */
export function parseMaps(text: string, contains?: string): Mapping[] {
  const mappings: Mapping[] = [];
  const source =
    contains === undefined
      ? text
      : text
          .split('\n')
          .filter((row) => row.includes(contains))
          .join('\n');
  for (const [, start, end, permissions, offset, device, inode, rest] of source.matchAll(line)) {
    const name = (rest ?? '').replaceAll('\\012', '\n');
    const deleted = name.endsWith(deletedSuffix);
    mappings.push({
      start: BigInt(`0x${start ?? '0'}`),
      end: BigInt(`0x${end ?? '0'}`),
      permissions: permissions ?? '',
      offset: BigInt(`0x${offset ?? '0'}`),
      device: device ?? '',
      inode: inode ?? '',
      path: deleted ? name.slice(0, -deletedSuffix.length) : name,
      deleted,
    });
  }
  return mappings;
}

/**
 * Where the images of a file begin: the mappings of its first bytes, one for each time that it is loaded.
 * (A loader may map the first page twice, writable again after relocation: the lower one counts, for a program
 * header is read at the lowest address.)
 */
export function imageBases(mappings: readonly Mapping[]): Mapping[] {
  const bases: Mapping[] = [];
  let previous: Mapping | undefined;
  for (const mapping of mappings) {
    const continues =
      previous?.device === mapping.device &&
      previous.inode === mapping.inode &&
      previous.path === mapping.path &&
      previous.end === mapping.start;
    if (mapping.offset === 0n && mapping.inode !== '0' && !continues) bases.push(mapping);
    previous = mapping;
  }
  return bases;
}

const lowest = 0x10000n;
/** The end of a process's address space with four levels of page tables. */
const highest = 0x7fff_ffff_f000n;
const pageBytes = 4096n;

/** The address of `size` free bytes in the middle of the widest gap: far from the heap and the stacks, which grow. */
export function widestGap(mappings: readonly Mapping[], size: bigint): bigint {
  let best = { start: lowest, bytes: 0n };
  let end = lowest;
  for (const mapping of [...mappings, { start: highest, end: highest }]) {
    if (mapping.start > highest) break;
    if (mapping.start - end > best.bytes) best = { start: end, bytes: mapping.start - end };
    if (mapping.end > end) end = mapping.end;
  }
  const middle = best.start + (best.bytes - size) / 2n;
  return (middle / pageBytes) * pageBytes;
}
