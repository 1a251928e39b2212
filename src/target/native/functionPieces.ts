import type { ElfFile } from './elfFile.js';
import type { UnwindTables } from './unwindTables.js';

/** A range of addresses of a file. */
export interface Piece {
  readonly start: number;
  /** The first address behind it. */
  readonly end: number;
}

const mostBytes = 1 << 20;

/**
 * The pieces of a function elsewhere in the file. Compilers put what is executed rarely far away from the rest, and a file
 * without symbols does not say to what it belongs. But nothing else jumps into the middle of it (x86-64).
 * @param start the function's first address
 * @throws RangeError when the file is damaged
 */
export function functionPieces(file: ElfFile, tables: UnwindTables, start: number): Piece[] {
  const own = tables.find(start);
  if (own === null || own.end - own.start > mostBytes) return [];
  const pieces = new Map<number, Piece>();
  for (const target of jumpTargets(file.readAddress(own.start, own.end - own.start), own.start)) {
    if (target >= own.start && target < own.end) continue;
    const piece = tables.find(target);
    // At its start a function is jumped to in place of being called.
    if (piece !== null && piece.start !== target) pieces.set(piece.start, piece);
  }
  return [...pieces.values()].map((piece) => ({ start: piece.start, end: piece.end }));
}

/** Where jumps with a 32-bit displacement lead: `jmp` is E9, the conditional ones are 0F 80 to 0F 8F. */
function* jumpTargets(code: Buffer, address: number): Generator<number> {
  for (let at = 2; at + 4 <= code.length; at++) {
    const [before, last] = [code[at - 2] ?? 0, code[at - 1] ?? 0];
    if (last === 0xe9 || (before === 0x0f && (last & 0xf0) === 0x80))
      yield address + at + 4 + code.readInt32LE(at);
  }
}
