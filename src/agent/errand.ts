import { readFileSync } from 'node:fs';
import { errandFile } from './libraryFile.js';
import type { Memory } from './memory.js';

/**
 * The block at the beginning of agent-c/errand/errand_x86_64.S: where each member is. The registers before `room` are
 * the debugger's business. A test compares.
 */
export const errandLayout = {
  room: 0x98,
  roomSize: 0xa0,
  function: 0xa8,
  arguments: 0xb0,
  failure: 0xc8,
  explain: 0xd0,
  errnoLocation: 0xd8,
  entry: 0xea,
} as const;

/** Where the outcome of an errand that failed lies in its room. */
export const roomLayout = { state: 0, result: 8, errno: 16, text: 24, size: 32 } as const;

/** The stack, 256 KiB, and what XSAVE needs. Only what is touched takes memory. */
export const roomBytes = 0x50000;

/** A call of a function of the target. Addresses are of the target's address space. */
export interface Errand {
  readonly function: bigint;
  /** Three at most; a text is put behind the errand and its address is passed. */
  readonly arguments: readonly (bigint | string)[];
  /** The result that means that it failed, beside -1 to -4095, which always do. */
  readonly failure: bigint;
  /** A function without arguments that tells why: its result is kept. */
  readonly explain?: bigint;
  /** libc's `__errno_location`. */
  readonly errnoLocation: bigint;
  /** Where `roomBytes` are free. */
  readonly room: bigint;
}

let code: Buffer | undefined;

function errandCode(): Buffer {
  return (code ??= readFileSync(errandFile));
}

/** What an errand needs of executable memory with these arguments. Bytes. */
export function errandBytes(args: Errand['arguments']): number {
  return errandCode().length + textsOf(args).reduce((sum, text) => sum + text.length, 0);
}

/** The bytes of an errand, for the address `at`. */
export function buildErrand(errand: Errand, at: bigint): Buffer {
  const block = Buffer.from(errandCode());
  const texts = textsOf(errand.arguments);
  let next = at + BigInt(block.length);
  errand.arguments.forEach((argument, index) => {
    block.writeBigUInt64LE(
      typeof argument === 'string' ? next : BigInt.asUintN(64, argument),
      errandLayout.arguments + 8 * index,
    );
    if (typeof argument === 'string') next += BigInt(textBytes(argument).length);
  });
  block.writeBigUInt64LE(errand.room, errandLayout.room);
  block.writeBigUInt64LE(BigInt(roomBytes), errandLayout.roomSize);
  block.writeBigUInt64LE(errand.function, errandLayout.function);
  block.writeBigUInt64LE(BigInt.asUintN(64, errand.failure), errandLayout.failure);
  block.writeBigUInt64LE(errand.explain ?? 0n, errandLayout.explain);
  block.writeBigUInt64LE(errand.errnoLocation, errandLayout.errnoLocation);
  return Buffer.concat([block, ...texts]);
}

function textBytes(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf8');
}

function textsOf(args: Errand['arguments']): Buffer[] {
  return args.filter((argument) => typeof argument === 'string').map(textBytes);
}

/** The room of the errand that lies at `at`; null: no errand was ever put there. */
export function roomOfEarlier(memory: Memory, at: bigint): bigint | null {
  const known = errandCode();
  const found = memory.read(at, known.length);
  const same = found.subarray(errandLayout.entry).equals(known.subarray(errandLayout.entry));
  return same ? found.readBigUInt64LE(errandLayout.room) : null;
}

/** What an errand's room tells. */
export interface RoomOutcome {
  readonly failed: boolean;
  /** What the function returned. */
  readonly result: number;
  /** What `explain` said, or the error number. */
  readonly reason: string;
}

/**
 * What an errand's room tells; null when it is not there: the errand was done, or has not begun.
 */
export function readRoom(memory: Memory, room: bigint): RoomOutcome | null {
  let bytes: Buffer;
  try {
    bytes = memory.read(room, roomLayout.size);
  } catch {
    return null;
  }
  const state = bytes.readBigUInt64LE(roomLayout.state);
  if (state === 0n) return { failed: false, result: 0, reason: '' };
  const result = Number(bytes.readBigInt64LE(roomLayout.result));
  if (state !== 1n)
    return { failed: true, result, reason: "the processor's vector registers need more room" };
  const text = bytes.readBigUInt64LE(roomLayout.text);
  const explained = text === 0n ? '' : readText(memory, text);
  return {
    failed: true,
    result,
    reason: explained || `error ${String(bytes.readInt32LE(roomLayout.errno))}`,
  };
}

const longestText = 512;

/** A C string; not further than its page if the next one is not mapped. */
function readText(memory: Memory, address: bigint): string {
  for (const length of [longestText, Number(4096n - (address & 4095n))]) {
    try {
      const bytes = memory.read(address, Math.min(length, longestText));
      const end = bytes.indexOf(0);
      return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
    } catch {
      // The shorter piece, then.
    }
  }
  return '';
}
