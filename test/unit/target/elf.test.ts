import { describe, expect, test } from '@jest/globals';
import { dynamicSymbols, executableSegments } from '../../../src/target/elf.js';

const base = 0x7f0000000000n;

interface Options {
  hash: 'gnu' | 'sysv';
  /** glibc adds the load address to what the dynamic section says, musl does not. */
  relocated: boolean;
}

/** The smallest image with two symbols: "alpha" (defined), "beta" (imported). */
function image({ hash, relocated }: Options): Buffer {
  const data = Buffer.alloc(0x1000);
  const at = (offset: number) => BigInt(offset) + (relocated ? base : 0n);
  data.writeUInt32BE(0x7f454c46, 0);
  data[4] = 2;
  data[5] = 1;
  data.writeBigUInt64LE(64n, 32); // e_phoff
  data.writeUInt16LE(2, 56); // e_phnum
  data.writeUInt32LE(1, 64); // PT_LOAD
  data.writeUInt32LE(2, 64 + 56); // PT_DYNAMIC
  data.writeBigUInt64LE(0x200n, 64 + 56 + 16);
  data.writeBigUInt64LE(0x100n, 64 + 56 + 40);
  const strings = '\0alpha\0beta\0';
  const entries: [bigint, bigint][] = [
    [5n, at(0x400)],
    [6n, at(0x500)],
    [10n, BigInt(strings.length)],
    [hash === 'gnu' ? 0x6ffffef5n : 4n, at(0x600)],
  ];
  entries.forEach(([tag, value], index) => {
    data.writeBigUInt64LE(tag, 0x200 + index * 16);
    data.writeBigUInt64LE(value, 0x208 + index * 16);
  });
  data.write(strings, 0x400, 'latin1');
  data.writeUInt32LE(1, 0x500 + 24); // alpha
  data.writeUInt16LE(7, 0x500 + 24 + 6);
  data.writeBigUInt64LE(0x123n, 0x500 + 24 + 8);
  data.writeUInt32LE(7, 0x500 + 48); // beta: SHN_UNDEF
  if (hash === 'gnu') {
    // One bucket, hashes from symbol 1 on, one word of the filter: the chain is alpha, beta.
    [1, 1, 1, 0, 0, 0, 1].forEach((word, index) => data.writeUInt32LE(word, 0x600 + index * 4));
    data.writeUInt32LE((gnuHash('alpha') & ~1) >>> 0, 0x61c);
    data.writeUInt32LE((gnuHash('beta') | 1) >>> 0, 0x620);
  } else {
    // One bucket; 3 symbols: the chain is 1, 2.
    [1, 3, 1, 0, 2, 0].forEach((word, index) => data.writeUInt32LE(word, 0x600 + index * 4));
  }
  return data;
}

function gnuHash(name: string): number {
  return Buffer.from(name).reduce((hash, byte) => (Math.imul(hash, 33) + byte) >>> 0, 5381);
}

function memoryOf(data: Buffer) {
  return {
    read(address: bigint, length: number): Buffer {
      const start = Number(address - base);
      if (start < 0 || start + length > data.length) throw new Error('EIO');
      return data.subarray(start, start + length);
    },
  };
}

describe.each<Options>([
  { hash: 'gnu', relocated: true },
  { hash: 'gnu', relocated: false },
  { hash: 'sysv', relocated: true },
  { hash: 'sysv', relocated: false },
])('an image with a $hash hash table, relocated: $relocated', (options) => {
  const symbols = dynamicSymbols(memoryOf(image(options)), base);

  test('finds what it defines, and only that', () => {
    expect(symbols.bias).toBe(base);
    expect(symbols.find('alpha')).toBe(base + 0x123n);
    expect(symbols.find('beta')).toBeNull();
    expect(symbols.find('gamma')).toBeNull();
    expect(symbols.find('alph')).toBeNull();
  });

  // An image is untrusted: whatever a byte of it is, the reader ends, with an answer or an error.
  test('every byte changed', () => {
    const intact = image(options);
    for (let at = 0; at < 0x700; at++) {
      for (const value of [0, 0xff, (intact[at] ?? 0) ^ 0x10]) {
        const data = Buffer.from(intact);
        data[at] = value;
        try {
          expect(typeof dynamicSymbols(memoryOf(data), base).find('gamma')).toMatch(/object|bigint/);
        } catch (error) {
          expect((error as Error).message).toMatch(/EIO|not |no /);
        }
      }
    }
  });
});

test('what is no image is refused', () => {
  expect(() => dynamicSymbols(memoryOf(Buffer.alloc(64)), base)).toThrow('not an ELF image');
  const other = Buffer.from('7f454c4601010100'.padEnd(128, '0'), 'hex');
  expect(() => dynamicSymbols(memoryOf(other), base)).toThrow('64-bit');
});

describe('executableSegments', () => {
  type Header = readonly [type: number, flags: number, offset: bigint, address: bigint, bytes: bigint];

  function segmentsOf(headers: readonly Header[]) {
    const data = Buffer.alloc(0x1000);
    data.writeUInt32BE(0x7f454c46, 0);
    data[4] = 2;
    data[5] = 1;
    data.writeBigUInt64LE(64n, 32); // e_phoff
    data.writeUInt16LE(headers.length, 56); // e_phnum
    headers.forEach(([type, flags, offset, address, bytes], index) => {
      const at = 64 + 56 * index;
      data.writeUInt32LE(type, at);
      data.writeUInt32LE(flags, at + 4);
      data.writeBigUInt64LE(offset, at + 8);
      data.writeBigUInt64LE(address, at + 16);
      data.writeBigUInt64LE(bytes, at + 40);
    });
    return executableSegments(memoryOf(data), base);
  }
  const readOnly: Header = [1, 4, 0n, 0n, 0x800n];
  const code: Header = [1, 5, 0x1000n, 0x1000n, 0x1234n];

  test('what is mapped to be executed, to the byte', () => {
    const stack: Header = [0x6474e551, 7, 0n, 0n, 0x10n]; // PT_GNU_STACK
    const more: Header = [1, 1, 0x8000n, 0x9000n, 1n];
    expect(segmentsOf([stack, readOnly, code, more])).toEqual([
      { start: base + 0x1000n, end: base + 0x2234n },
      { start: base + 0x9000n, end: base + 0x9001n },
    ]);
    expect(segmentsOf([readOnly])).toEqual([]);
  });

  test('of a program with a fixed address, where that is', () => {
    const fixed = ([type, flags, offset, address, bytes]: Header): Header => [
      ...([type, flags, offset] as const),
      base + address,
      bytes,
    ];
    expect(segmentsOf([fixed(readOnly), fixed(code)])).toEqual([
      { start: base + 0x1000n, end: base + 0x2234n },
    ]);
  });

  test('what is no image is refused', () => {
    expect(() => executableSegments(memoryOf(Buffer.alloc(64)), base)).toThrow('not an ELF image');
  });
});
