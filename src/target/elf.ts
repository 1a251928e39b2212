/**
 * The dynamic symbols of an ELF image as it lies in memory (elf(5)), little-endian, 64 bits.
 * The image is untrusted: each table is bounded, and nothing is followed outside of what `read` allows.
 */

/** Reads exactly `length` bytes, or throws. `ProcessMemory` is one. */
export interface Reader {
  read(address: bigint, length: number): Buffer;
}

/** The exported symbols of one loaded object. */
export interface DynamicSymbols {
  /** What is added to the addresses that the file names: 0 for a program with a fixed address. */
  readonly bias: bigint;
  /** The address in the process of a symbol that the object defines, or null. */
  find(name: string): bigint | null;
}

const programHeaderSize = 56;
const symbolSize = 24;
const maxProgramHeaders = 128;
const maxDynamicEntries = 512;
const maxChain = 1 << 20;

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PF_X = 1;
const DT_HASH = 4n;
const DT_STRTAB = 5n;
const DT_SYMTAB = 6n;
const DT_STRSZ = 10n;
const DT_GNU_HASH = 0x6ffffef5n;

/**
 * Opens the dynamic symbol table of the image that is mapped at `base` (the address of its ELF header).
 * @throws Error when there is no such image or it has no dynamic symbols (a static executable)
 */
export function dynamicSymbols(memory: Reader, base: bigint): DynamicSymbols {
  const headers = programHeaders(memory, base);
  let bias: bigint | undefined;
  let dynamic: { address: bigint; size: bigint } | undefined;
  for (let at = 0; at < headers.length; at += programHeaderSize) {
    const type = headers.readUInt32LE(at);
    const address = headers.readBigUInt64LE(at + 16);
    if (type === PT_LOAD && bias === undefined) bias = base - (address - headers.readBigUInt64LE(at + 8));
    if (type === PT_DYNAMIC) dynamic = { address, size: headers.readBigUInt64LE(at + 40) };
  }
  if (bias === undefined || dynamic === undefined) throw new Error('no dynamic section');

  const tags = readDynamic(memory, bias + dynamic.address, dynamic.size);
  const strings = absolute(tags.get(DT_STRTAB), bias);
  const symbols = absolute(tags.get(DT_SYMTAB), bias);
  const stringsSize = tags.get(DT_STRSZ) ?? 0n;
  if (strings === null || symbols === null) throw new Error('no dynamic symbols');
  const gnuHash = absolute(tags.get(DT_GNU_HASH), bias);
  const hash = absolute(tags.get(DT_HASH), bias);
  const table = { memory, bias, symbols, strings, stringsSize };
  return {
    bias,
    find(name) {
      if (gnuHash !== null) return findByGnuHash(table, gnuHash, name);
      if (hash !== null) return findByHash(table, hash, name);
      throw new Error('no hash table of the dynamic symbols');
    },
  };
}

/** What is mapped of an image: the executable parts of it, by their addresses in the process; `end` is not rounded. */
export function executableSegments(memory: Reader, base: bigint): { start: bigint; end: bigint }[] {
  const headers = programHeaders(memory, base);
  const segments: { start: bigint; end: bigint }[] = [];
  let bias: bigint | undefined;
  for (let at = 0; at < headers.length; at += programHeaderSize) {
    if (headers.readUInt32LE(at) !== PT_LOAD) continue;
    const address = headers.readBigUInt64LE(at + 16);
    bias ??= base - (address - headers.readBigUInt64LE(at + 8));
    if ((headers.readUInt32LE(at + 4) & PF_X) === 0) continue;
    const start = bias + address;
    segments.push({ start, end: start + headers.readBigUInt64LE(at + 40) });
  }
  return segments;
}

function programHeaders(memory: Reader, base: bigint): Buffer {
  const header = memory.read(base, 64);
  if (header.readUInt32BE(0) !== 0x7f454c46) throw new Error('not an ELF image');
  if (header[4] !== 2 || header[5] !== 1) throw new Error('not a 64-bit little-endian ELF image');
  const count = Math.min(header.readUInt16LE(56), maxProgramHeaders);
  return memory.read(base + header.readBigUInt64LE(32), count * programHeaderSize);
}

interface SymbolTable {
  memory: Reader;
  bias: bigint;
  symbols: bigint;
  strings: bigint;
  stringsSize: bigint;
}

function readDynamic(memory: Reader, address: bigint, size: bigint): Map<bigint, bigint> {
  const entries = Math.min(Number(size / 16n), maxDynamicEntries);
  const data = memory.read(address, entries * 16);
  const tags = new Map<bigint, bigint>();
  for (let at = 0; at < data.length; at += 16) {
    const tag = data.readBigUInt64LE(at);
    if (tag === 0n) break;
    if (!tags.has(tag)) tags.set(tag, data.readBigUInt64LE(at + 8));
  }
  return tags;
}

/** glibc adds the bias to these entries when it loads an object, musl does not, nor does glibc where they are read-only. */
function absolute(value: bigint | undefined, bias: bigint): bigint | null {
  if (value === undefined) return null;
  return value >= bias ? value : value + bias;
}

/** https://flapenguin.me/elf-dt-gnu-hash describes the table; binutils writes it. */
function findByGnuHash(table: SymbolTable, address: bigint, name: string): bigint | null {
  const { memory } = table;
  const head = memory.read(address, 16);
  const buckets = head.readUInt32LE(0);
  const firstHashed = head.readUInt32LE(4);
  const bloomWords = head.readUInt32LE(8);
  if (buckets === 0) return null;
  const wanted = gnuHashOf(name);
  const bucketsAt = address + 16n + 8n * BigInt(bloomWords);
  const chainsAt = bucketsAt + 4n * BigInt(buckets);
  let index = memory.read(bucketsAt + 4n * BigInt(wanted % buckets), 4).readUInt32LE(0);
  if (index < firstHashed) return null;
  for (let steps = 0; steps < maxChain; steps++, index++) {
    const hash = memory.read(chainsAt + 4n * BigInt(index - firstHashed), 4).readUInt32LE(0);
    if ((hash | 1) === (wanted | 1)) {
      const found = symbolAt(table, index, name);
      if (found !== null) return found;
    }
    if ((hash & 1) !== 0) return null;
  }
  return null;
}

/** The hash table of the System V ABI. */
function findByHash(table: SymbolTable, address: bigint, name: string): bigint | null {
  const { memory } = table;
  const head = memory.read(address, 8);
  const buckets = head.readUInt32LE(0);
  const chains = head.readUInt32LE(4);
  if (buckets === 0) return null;
  const word = (at: number) => memory.read(address + 8n + 4n * BigInt(at), 4).readUInt32LE(0);
  let index = word(sysvHashOf(name) % buckets);
  for (let steps = 0; index !== 0 && index < chains && steps < maxChain; steps++) {
    const found = symbolAt(table, index, name);
    if (found !== null) return found;
    index = word(buckets + index);
  }
  return null;
}

/** The address of symbol number `index` when it has this name and is defined here. */
function symbolAt(table: SymbolTable, index: number, name: string): bigint | null {
  const symbol = table.memory.read(table.symbols + BigInt(index * symbolSize), symbolSize);
  const nameAt = BigInt(symbol.readUInt32LE(0));
  const expected = Buffer.from(`${name}\0`, 'utf8');
  if (nameAt + BigInt(expected.length) > table.stringsSize) return null;
  if (symbol.readUInt16LE(6) === 0) return null; // SHN_UNDEF: imported
  if (!table.memory.read(table.strings + nameAt, expected.length).equals(expected)) return null;
  return table.bias + symbol.readBigUInt64LE(8);
}

function gnuHashOf(name: string): number {
  let hash = 5381;
  for (const byte of Buffer.from(name, 'utf8')) hash = (Math.imul(hash, 33) + byte) >>> 0;
  return hash;
}

function sysvHashOf(name: string): number {
  let hash = 0;
  for (const byte of Buffer.from(name, 'utf8')) {
    hash = ((hash << 4) + byte) >>> 0;
    const high = hash & 0xf0000000;
    hash = (hash ^ (high >>> 24) ^ high) >>> 0;
  }
  return hash;
}
