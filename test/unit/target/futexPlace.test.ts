import { describe, expect, test } from '@jest/globals';
import { futexPlace } from '../../../src/target/futexPlace.js';
import { parseMaps } from '../../../src/target/maps.js';

const address = 0x7f0000001c60n;
const maps = parseMaps(
  '7f0000000000-7f0000002000 r--p 00000000 fe:00 77 /usr/lib/libc.so.6\n' +
    '7f0000002000-7f0000004000 rw-p 00002000 fe:00 77 /usr/lib/libc.so.6\n',
);

/** What lies at the address: the lock, and from byte 112 on the heads of lists, of which so many point at themselves. */
function memoryWith(empty: number) {
  const data = Buffer.alloc(4096);
  for (let list = 0; list < empty; list++) {
    const at = 112 + list * 16;
    for (const word of [at, at + 8]) data.writeBigUInt64LE(address + BigInt(at) - 16n, word);
  }
  return { read: (_: bigint, length: number): Buffer => data.subarray(0, length) };
}

describe('a futex among the data of the C library', () => {
  test('is the lock of the main arena, if the lists behind it are those of an arena', () => {
    expect(futexPlace(address, maps, memoryWith(100))).toEqual({ of: 'allocator', library: null });
  });

  test.each([
    ['something else lies there', memoryWith(3)],
    ['that may not be read', null],
  ])('is a lock of the library, if %s', (_, memory) => {
    expect(futexPlace(address, maps, memory)).toEqual({ of: 'library', library: 'libc.so.6' });
  });

  test('or if it is at the end of what can be read', () => {
    const memory = {
      read: (): Buffer => {
        throw new Error('EIO');
      },
    };
    expect(futexPlace(address, maps, memory).of).toBe('library');
  });
});
