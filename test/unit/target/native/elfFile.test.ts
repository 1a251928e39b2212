import { expect, test } from '@jest/globals';
import { parseElfFile } from '../../../../src/target/native/elfFile.js';

const PT_NOTE = 4;

/** An ELF file with nothing but notes. */
function fileOfNotes(notes: Buffer): Buffer {
  const headers = Buffer.alloc(64 + 56);
  headers.writeUInt32BE(0x7f454c46, 0);
  headers.writeUInt16LE(0x0102, 4); // 64 bits, little-endian
  headers.writeBigUInt64LE(64n, 32);
  headers.writeUInt16LE(1, 56);
  headers.writeUInt32LE(PT_NOTE, 64);
  headers.writeBigUInt64LE(BigInt(headers.length), 64 + 8);
  headers.writeBigUInt64LE(BigInt(notes.length), 64 + 32);
  return Buffer.concat([headers, notes]);
}

function note(nameBytes: number, bytes: number, rest: string): Buffer {
  const head = Buffer.alloc(12);
  [nameBytes, bytes, 3].forEach((word, index) => head.writeUInt32LE(word, 4 * index));
  return Buffer.concat([head, Buffer.from(rest, 'latin1')]);
}

const buildIdOf = (notes: Buffer): string | null => {
  const file = fileOfNotes(notes);
  return parseElfFile((offset, length) => file.subarray(offset, offset + length)).buildId;
};

test('the build id, behind another note', () => {
  const other = note(4, 3, 'abc\0xyz\0');
  expect(buildIdOf(Buffer.concat([other, note(4, 2, 'GNU\0\x12\xab')]))).toBe('12ab');
});

// With these, the next note would begin where this one does, or in front of it.
test.each([
  [0xffff_fff4, 0],
  [0, 0xffff_fff4],
  [0xffff_fff0, 0],
  [0x8000_0000, 0x7fff_fff4],
])('notes whose lengths are %i and %i come to an end', (nameBytes, bytes) => {
  expect(buildIdOf(note(nameBytes, bytes, 'GNU\0'.repeat(4)))).toBeNull();
});
