import { ByteReader } from './byteReader.js';
import type { ElfFile } from './elfFile.js';

/*
 * The tables by which frames are unwound: .eh_frame and its index .eh_frame_hdr (Linux Standard Base, "Exception
 * Frames"; DWARF 5, 6.4). They are loaded with the code, so that stripped files have them too.
 */

/** What the tables say of one function, or of one piece of it. All addresses are the file's own. */
export interface UnwindEntry {
  readonly start: number;
  /** The first address behind it. */
  readonly end: number;
  readonly codeAlignment: number;
  readonly dataAlignment: number;
  /** The number of the register that stands for the return address. */
  readonly returnColumn: number;
  /** It is the frame of a signal handler's return: the caller was interrupted, and did not call. */
  readonly isSignalFrame: boolean;
  /** What holds at the start, then what changes on the way. */
  readonly initial: Buffer;
  readonly changes: Buffer;
}

const encoding = { relative32: 0x1b, u32: 0x03, sortedPairs: 0x3b, omitted: 0xff };
const mostEntryBytes = 1 << 20;
const mostIndexBytes = 64 << 20;

/** The unwind tables of a file. */
export class UnwindTables {
  private constructor(
    private readonly file: ElfFile,
    private readonly indexAddress: number,
    /** Pairs of signed 32-bit numbers, ascending: where a function begins, and where its entry is. */
    private readonly pairs: Buffer,
  ) {}

  /** Null: the file has none, or in a form that no linker writes. */
  static of(file: ElfFile): UnwindTables | null {
    const { unwindIndex: index } = file;
    if (index === null) return null;
    const head = file.readAddress(index.address, 12);
    const isKnown =
      head[0] === 1 &&
      head[1] === encoding.relative32 &&
      head[2] === encoding.u32 &&
      head[3] === encoding.sortedPairs;
    if (head.length < 12 || !isKnown) return null;
    const wanted = Math.min(head.readUInt32LE(8) * 8, index.bytes - 12, mostIndexBytes);
    const pairs = file.readAddress(index.address + 12, wanted);
    return new UnwindTables(file, index.address, pairs.subarray(0, pairs.length - (pairs.length % 8)));
  }

  /**
   * The entry for an address, null where there is none.
   * @throws RangeError when the tables are damaged
   */
  find(address: number): UnwindEntry | null {
    const wanted = address - this.indexAddress;
    let [low, high] = [0, this.pairs.length / 8];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.pairs.readInt32LE(middle * 8) <= wanted) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return null;
    const entry = this.entryAt(this.indexAddress + this.pairs.readInt32LE(low * 8 - 4));
    return address >= entry.start && address < entry.end ? entry : null;
  }

  /** The bytes of a record behind its length, and the address that they are at. */
  private record(address: number): ByteReader {
    const length = new ByteReader(this.file.readAddress(address, 4)).u32();
    if (length > mostEntryBytes) throw new RangeError('an unwind entry is too long');
    return new ByteReader(this.file.readAddress(address + 4, length));
  }

  private entryAt(address: number): UnwindEntry {
    const reader = this.record(address);
    // How far before this number the record is that several entries have in common.
    const common = this.commonAt(address + 4 - reader.u32());
    const start = pointer(reader, common.pointers, address + 4);
    const length = pointer(reader, common.pointers & 0x0f, 0);
    if (common.augmented) reader.part(reader.uleb());
    const { codeAlignment, dataAlignment, returnColumn, isSignalFrame, initial } = common;
    return {
      ...{ start, end: start + length, codeAlignment, dataAlignment, returnColumn, isSignalFrame },
      ...{ initial, changes: reader.bytes.subarray(reader.at) },
    };
  }

  private commonAt(address: number) {
    const reader = this.record(address);
    reader.u32();
    const version = reader.u8();
    const augmentation = reader.text();
    const [codeAlignment, dataAlignment] = [reader.uleb(), reader.sleb()];
    const returnColumn = version === 1 ? reader.u8() : reader.uleb();
    const augmented = augmentation.startsWith('z');
    let pointers = 0;
    if (augmented) {
      const more = reader.part(reader.uleb());
      for (const letter of augmentation.slice(1)) {
        if (letter === 'R') pointers = more.u8();
        else if (letter === 'L') more.u8();
        else if (letter === 'P') pointer(more, more.u8(), 0);
        else if (letter !== 'S' && letter !== 'B') throw new RangeError(`unknown augmentation ${letter}`);
      }
    }
    const isSignalFrame = augmentation.includes('S');
    const initial = reader.bytes.subarray(reader.at);
    return { codeAlignment, dataAlignment, returnColumn, augmented, pointers, isSignalFrame, initial };
  }
}

/** @param base the address of the reader's first byte */
function pointer(reader: ByteReader, how: number, base: number): number {
  if (how === encoding.omitted) return 0;
  const origin = (how & 0x70) === 0x10 ? base + reader.at : 0;
  switch (how & 0x0f) {
    case 0x00:
    case 0x04:
      return origin + reader.u64();
    case 0x02:
      return origin + reader.u16();
    case 0x03:
      return origin + reader.u32();
    case 0x0a:
      return origin + reader.i16();
    case 0x0b:
      return origin + reader.i32();
    case 0x0c:
      return origin + reader.i64();
    default:
      throw new RangeError(`unknown encoding 0x${how.toString(16)} of a pointer`);
  }
}
