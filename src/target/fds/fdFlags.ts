import { bitNames } from '../syscalls/format.js';

/** Flags of open(2) that are the same on x86-64 and aarch64. O_SYNC and O_TMPFILE contain other flags: they come first. */
const common = [
  [0o4010000, 'O_SYNC'],
  [0o100, 'O_CREAT'],
  [0o200, 'O_EXCL'],
  [0o400, 'O_NOCTTY'],
  [0o1000, 'O_TRUNC'],
  [0o2000, 'O_APPEND'],
  [0o4000, 'O_NONBLOCK'],
  [0o10000, 'O_DSYNC'],
  [0o20000, 'O_ASYNC'],
  [0o1000000, 'O_NOATIME'],
  [0o10000000, 'O_PATH'],
] as const;

const x64 = [
  [0o20200000, 'O_TMPFILE'],
  [0o40000, 'O_DIRECT'],
  [0o100000, 'O_LARGEFILE'],
  [0o200000, 'O_DIRECTORY'],
  [0o400000, 'O_NOFOLLOW'],
] as const;

const arm64 = [
  [0o20040000, 'O_TMPFILE'],
  [0o40000, 'O_DIRECTORY'],
  [0o100000, 'O_NOFOLLOW'],
  [0o200000, 'O_DIRECT'],
  [0o400000, 'O_LARGEFILE'],
] as const;

const O_CLOEXEC = 0o2000000;
const accessModes = ['O_RDONLY', 'O_WRONLY', 'O_RDWR'] as const;
const accesses = ['read', 'write', 'both'] as const;

/** Decodes the `flags` line of fdinfo. O_LARGEFILE is left out: on 64 bits every file has it. */
export function parseFdFlags(
  flags: number,
  architecture: string = process.arch,
): { flags: string[]; closeOnExec: boolean; access: 'read' | 'write' | 'both' } {
  const mode = flags & 3;
  const names = bitNames(flags & ~(3 | O_CLOEXEC), [...(architecture === 'arm64' ? arm64 : x64), ...common]);
  return {
    flags: [accessModes[mode] ?? `access ${String(mode)}`, ...names.filter((name) => name !== 'O_LARGEFILE')],
    closeOnExec: (flags & O_CLOEXEC) !== 0,
    access: accesses[mode] ?? 'both',
  };
}
