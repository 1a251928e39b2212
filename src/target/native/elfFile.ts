import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Reads bytes of a file, or of what lies in memory like one: fewer than asked for at its end. */
export type ReadAt = (offset: number, length: number) => Buffer;

/** A part of an ELF file that is loaded (elf(5), PT_LOAD). Addresses are the file's own. */
export interface Segment {
  readonly address: number;
  readonly offset: number;
  readonly bytes: number;
  readonly executable: boolean;
}

/** Where something is in the file. */
export interface Extent {
  readonly offset: number;
  readonly bytes: number;
}

export interface SymbolSection extends Extent {
  readonly strings: Extent;
}

/** What unwinding and naming need of an ELF file: 64 bits, little-endian. What is in it is not to be trusted. */
export interface ElfFile {
  readonly segments: readonly Segment[];
  /** PT_GNU_EH_FRAME: the index of the unwind tables. Address and size. */
  readonly unwindIndex: { readonly address: number; readonly bytes: number } | null;
  /** .symtab and .dynsym, as far as they are there. */
  readonly symbolSections: readonly SymbolSection[];
  /** Of the linker, as hexadecimal digits; by it files with debug symbols are found. */
  readonly buildId: string | null;
  /** Bytes at an address of the file's own; fewer at the end of what the file holds of the segment. */
  readonly readAddress: ReadAt;
  readonly read: ReadAt;
}

const PT_LOAD = 1;
const PT_NOTE = 4;
const PT_GNU_EH_FRAME = 0x6474e550;
const PF_X = 1;
const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const NT_GNU_BUILD_ID = 3;
const programHeaderBytes = 56;
const sectionHeaderBytes = 64;
const mostProgramHeaders = 128;
const mostSectionHeaders = 4096;
const mostNoteBytes = 4096;

const word = (buffer: Buffer, at: number): number => Number(buffer.readBigUInt64LE(at));

/**
 * Reads the headers.
 * @throws Error, RangeError when it is no such file; what `read` throws
 */
export function parseElfFile(read: ReadAt): ElfFile {
  const header = read(0, 64);
  if (header.length < 64 || header.readUInt32BE(0) !== 0x7f454c46) throw new Error('not an ELF file');
  if (header[4] !== 2 || header[5] !== 1) throw new Error('not a 64-bit little-endian ELF file');
  const count = Math.min(header.readUInt16LE(56), mostProgramHeaders);
  const programHeaders = read(word(header, 32), count * programHeaderBytes);
  const segments: Segment[] = [];
  let unwindIndex: ElfFile['unwindIndex'] = null;
  let buildId: string | null = null;
  for (let at = 0; at + programHeaderBytes <= programHeaders.length; at += programHeaderBytes) {
    const type = programHeaders.readUInt32LE(at);
    const [offset, address] = [word(programHeaders, at + 8), word(programHeaders, at + 16)];
    const bytes = word(programHeaders, at + 32);
    const executable = (programHeaders.readUInt32LE(at + 4) & PF_X) !== 0;
    if (type === PT_LOAD) segments.push({ address, offset, bytes, executable });
    if (type === PT_GNU_EH_FRAME) unwindIndex = { address, bytes };
    if (type === PT_NOTE) buildId ??= buildIdIn(read(offset, Math.min(bytes, mostNoteBytes)));
  }
  const readAddress: ReadAt = (address, length) => {
    const segment = segments.find((each) => address >= each.address && address < each.address + each.bytes);
    if (segment === undefined) throw new RangeError(`the address ${address} is not in the file`);
    const skipped = address - segment.address;
    return read(segment.offset + skipped, Math.min(length, segment.bytes - skipped));
  };
  return { segments, unwindIndex, symbolSections: symbolSections(read, header), buildId, readAddress, read };
}

function buildIdIn(notes: Buffer): string | null {
  const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;
  for (let at = 0; at + 12 <= notes.length;) {
    const [nameBytes, bytes] = [notes.readUInt32LE(at), notes.readUInt32LE(at + 4)];
    const description = at + 12 + padded(nameBytes);
    const isGnu = notes.toString('latin1', at + 12, at + 12 + nameBytes) === 'GNU\0';
    if (isGnu && notes.readUInt32LE(at + 8) === NT_GNU_BUILD_ID)
      return notes.toString('hex', description, description + bytes);
    at = description + padded(bytes);
  }
  return null;
}

function symbolSections(read: ReadAt, header: Buffer): SymbolSection[] {
  const count = Math.min(header.readUInt16LE(60), mostSectionHeaders);
  const headers = read(word(header, 40), count * sectionHeaderBytes);
  const present = Math.floor(headers.length / sectionHeaderBytes);
  const extent = (index: number): Extent => ({
    offset: word(headers, index * sectionHeaderBytes + 24),
    bytes: word(headers, index * sectionHeaderBytes + 32),
  });
  const sections = new Map<number, SymbolSection>();
  for (let index = 0; index < present; index++) {
    const at = index * sectionHeaderBytes;
    const type = headers.readUInt32LE(at + 4);
    const link = headers.readUInt32LE(at + 40);
    // There is one of each at the most.
    if ((type === SHT_SYMTAB || type === SHT_DYNSYM) && link < present)
      sections.set(type, { ...extent(index), strings: extent(link) });
  }
  return [...sections.values()];
}

/** An ELF file on disk that is open. */
export interface OpenElfFile extends ElfFile {
  readonly close: () => void;
}

/**
 * @param inode the one that the file must have; null: any
 * @throws the error of open(2); Error, RangeError when it is no such file
 */
export function openElfFile(path: string, inode: string | null = null): OpenElfFile {
  // What lies there is the target's choice: a pipe would never open.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file, { bigint: true });
    if (!stat.isFile() || (inode !== null && String(stat.ino) !== inode)) throw new Error('another file');
    const parsed = parseElfFile((offset, length) => {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, readSync(file, buffer, 0, length, offset));
    });
    return { ...parsed, close: () => closeSync(file) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
