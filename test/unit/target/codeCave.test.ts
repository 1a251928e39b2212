import { describe, expect, test } from '@jest/globals';
import { findCodeCave } from '../../../src/target/codeCave.js';
import { parseMaps } from '../../../src/target/maps.js';

interface Image {
  path: string;
  base: bigint;
  /** How much of the two pages of code, the second and third of the image, is used. */
  codeBytes: bigint;
  permissions?: string;
  inode?: string;
}

const codeAt = 0x1000n;
const codePages = 0x2000n;

/** A header and one segment of code. */
function contents({ codeBytes }: Image): Buffer {
  const data = Buffer.alloc(0x1000);
  data.writeUInt32BE(0x7f454c46, 0);
  data[4] = 2;
  data[5] = 1;
  data.writeBigUInt64LE(64n, 32); // e_phoff
  data.writeUInt16LE(2, 56); // e_phnum
  data.writeUInt32LE(1, 64); // PT_LOAD
  data.writeUInt32LE(4, 68); // PF_R
  data.writeBigUInt64LE(0x800n, 64 + 40);
  data.writeUInt32LE(1, 120); // PT_LOAD
  data.writeUInt32LE(5, 124); // PF_R | PF_X
  data.writeBigUInt64LE(codeAt, 120 + 8);
  data.writeBigUInt64LE(codeAt, 120 + 16);
  data.writeBigUInt64LE(codeBytes, 120 + 40);
  return data;
}

function find(images: readonly Image[], size: number, read = contents): string | null {
  const hex = (number: bigint) => number.toString(16).padStart(8, '0');
  const maps = images.map(({ base, path, permissions = 'r-xp', inode = String(base) }) =>
    [
      `${hex(base)}-${hex(base + codeAt)} r--p 00000000 fe:00 ${inode} ${path}`,
      `${hex(base + codeAt)}-${hex(base + codeAt + codePages)} ${permissions} 00001000 fe:00 ${inode} ${path}`,
      '',
    ].join('\n'),
  );
  const memory = {
    read(address: bigint, length: number): Buffer {
      const image = images.find(({ base }) => address >= base && address < base + codeAt);
      if (image === undefined) throw new Error('EIO');
      const start = Number(address - image.base);
      const bytes = read(image).subarray(start, start + length);
      if (bytes.length < length) throw new Error('EIO');
      return bytes;
    },
  };
  const cave = findCodeCave(parseMaps(maps.join('')), memory, size);
  return cave === null ? null : cave.toString(16);
}

const libc: Image = { path: '/usr/lib/libc.so.6', base: 0x70000000n, codeBytes: 0x1801n };
const python: Image = { path: '/usr/bin/python3.11', base: 0x10000000n, codeBytes: 0x1c00n };
const libpython: Image = { path: '/usr/lib/libpython3.11.so.1.0', base: 0x20000000n, codeBytes: 0x1e00n };

test('behind the code, aligned, to the end of the page', () => {
  expect(find([libc], 0x7f0)).toBe('70002810');
  expect(find([libc], 0x7f1)).toBeNull();
  expect(find([python], 0x400)).toBe('10002c00');
});

describe('the image', () => {
  const all = [python, libpython, libc];

  test("of several is the interpreter's, else libc", () => {
    expect(find(all, 0x100)).toBe('10002c00');
    expect(find([libc, libpython], 0x100)).toBe('20002e00');
    expect(find([libc, { ...libc, path: '/lib/libm.so.6', base: 0x30000000n }], 0x100)).toBe('70002810');
  });

  test("is the agent's own once that is loaded", () => {
    const agent: Image = { path: '/srv/libsleeper.so', base: 0x75000000n, codeBytes: 0x1100n };
    expect(find([...all, agent], 0x100)).toBe('75002100');
    expect(find([...all, { ...agent, path: '/memfd:libsleeper.so (deleted)' }], 0x100)).toBe('75002100');
  });

  test('is the next one where the first has too little', () => {
    expect(find(all, 0x400)).toBe('10002c00');
    expect(find(all, 0x401)).toBe('70002810');
    expect(find(all, 0x801)).toBeNull();
  });

  test('is none that may be unloaded', () => {
    expect(find([{ ...libc, path: '/srv/extension.so' }], 0x10)).toBeNull();
    expect(find([{ ...libc, path: '/usr/lib/libcrypto.so.3' }], 0x10)).toBeNull();
  });

  test('is none whose code is writable, or unreadable, or from no file', () => {
    for (const permissions of ['rwxp', '--xp', 'r--p', 'r-xs']) {
      expect(find([{ ...libc, permissions }], 0x10)).toBeNull();
    }
    expect(find([{ ...libc, inode: '0' }], 0x10)).toBeNull();
  });

  test('is none whose code fills its pages', () => {
    expect(find([{ ...libc, codeBytes: codePages }], 1)).toBeNull();
    expect(find([{ ...libc, codeBytes: codePages - 1n }], 1)).toBeNull();
  });

  // The header does not speak of this mapping: who knows what is in it.
  test('is none whose header ends elsewhere', () => {
    expect(find([{ ...libc, codeBytes: 0x800n }], 0x10)).toBeNull();
    expect(find([{ ...libc, codeBytes: 0x2800n }], 0x10)).toBeNull();
  });

  test('is none whose header cannot be read, or is none', () => {
    expect(find([libc], 0x10, () => Buffer.alloc(0x1000))).toBeNull();
    expect(find([libc], 0x10, (image) => contents(image).subarray(0, 100))).toBeNull();
    const broken = (image: Image) => (image.path === python.path ? Buffer.alloc(0x1000) : contents(image));
    expect(find([python, libc], 0x10, broken)).toBe('70002810');
  });
});

test('there is none without mappings', () => {
  expect(find([], 1)).toBeNull();
});
