/** Reads the numbers of DWARF, one after the other. Beyond the end is a RangeError. */
export class ByteReader {
  constructor(
    readonly bytes: Buffer,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  get atEnd(): boolean {
    return this.at >= this.end;
  }

  u8(): number {
    return this.bytes.readUInt8(this.take(1));
  }
  i8(): number {
    return this.bytes.readInt8(this.take(1));
  }
  u16(): number {
    return this.bytes.readUInt16LE(this.take(2));
  }
  i16(): number {
    return this.bytes.readInt16LE(this.take(2));
  }
  u32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }
  i32(): number {
    return this.bytes.readInt32LE(this.take(4));
  }
  /** Exact up to 2^53; addresses are smaller. */
  u64(): number {
    const low = this.u32();
    return low + this.u32() * 2 ** 32;
  }
  i64(): number {
    const low = this.u32();
    return low + this.i32() * 2 ** 32;
  }

  uleb(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 63; factor *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too long');
  }

  sleb(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 63; factor *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - factor * 128;
    }
    throw new RangeError('a number is too long');
  }

  /** The reader of the next `length` bytes, which are passed over. */
  part(length: number): ByteReader {
    const at = this.take(length);
    return new ByteReader(this.bytes, at, at + length);
  }

  /** Up to a NUL. */
  text(): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0 || end >= this.end) throw new RangeError('a text has no end');
    const text = this.bytes.toString('latin1', this.at, end);
    this.at = end + 1;
    return text;
  }

  private take(length: number): number {
    const { at } = this;
    if (length < 0 || at + length > this.end) throw new RangeError('the end comes too early');
    this.at += length;
    return at;
  }
}
