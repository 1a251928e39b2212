import { ByteReader } from './byteReader.js';
import type { UnwindEntry } from './unwindTables.js';

/** How a register of the caller is had from the frame of the callee. CFA: the stack pointer before the call. */
export type RegisterRule =
  | { readonly kind: 'undefined' }
  /** At CFA + offset. */
  | { readonly kind: 'stored'; readonly offset: number }
  /** CFA + offset itself. */
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'register'; readonly register: number }
  /** Where the expression says, or what it says. */
  | { readonly kind: 'storedAt' | 'value'; readonly expression: Buffer };

/** What holds at one address. Registers without a rule are as in the callee. */
export interface UnwindRules {
  readonly cfa: { readonly register: number; readonly offset: number } | { readonly expression: Buffer };
  readonly registers: ReadonlyMap<number, RegisterRule>;
  readonly returnColumn: number;
  readonly isSignalFrame: boolean;
}

interface Row {
  cfa: UnwindRules['cfa'];
  registers: Map<number, RegisterRule>;
}

const copyOf = ({ cfa, registers }: Row): Row => ({ cfa, registers: new Map(registers) });
const mostRemembered = 64;

/**
 * Runs the instructions of an entry (DWARF 5, 6.4.2) up to an address, which is one of the entry's.
 * @throws RangeError when they are damaged
 */
export function rulesAt(entry: UnwindEntry, address: number): UnwindRules {
  const none: Row = { cfa: { register: -1, offset: 0 }, registers: new Map() };
  const atStart = run(new ByteReader(entry.initial), entry, Infinity, none, none);
  const row = run(new ByteReader(entry.changes), entry, address, copyOf(atStart), atStart);
  const { returnColumn, isSignalFrame } = entry;
  return { ...row, returnColumn, isSignalFrame };
}

function run(reader: ByteReader, entry: UnwindEntry, until: number, row: Row, atStart: Row): Row {
  const remembered: Row[] = [];
  let at = entry.start;
  const stored = (register: number, offset: number): void => {
    row.registers.set(register, { kind: 'stored', offset: offset * entry.dataAlignment });
  };
  const restore = (register: number): void => {
    const rule = atStart.registers.get(register);
    if (rule === undefined) row.registers.delete(register);
    else row.registers.set(register, rule);
  };
  const cfaOffset = (offset: number): void => {
    if (!('register' in row.cfa)) throw new RangeError('the CFA is an expression');
    row.cfa = { register: row.cfa.register, offset };
  };
  const cfaRegister = (register: number): void => {
    if (!('register' in row.cfa)) throw new RangeError('the CFA is an expression');
    row.cfa = { register, offset: row.cfa.offset };
  };
  const block = (): Buffer => {
    const part = reader.part(reader.uleb());
    return part.bytes.subarray(part.at, part.end);
  };
  while (!reader.atEnd) {
    const instruction = reader.u8();
    const low = instruction & 0x3f;
    let advance = 0;
    switch (instruction & 0xc0 || instruction) {
      case 0x40:
        advance = low;
        break;
      case 0x80:
        stored(low, reader.uleb());
        break;
      case 0xc0:
        restore(low);
        break;
      case 0x00: // DW_CFA_nop
        break;
      case 0x02:
        advance = reader.u8();
        break;
      case 0x03:
        advance = reader.u16();
        break;
      case 0x04:
        advance = reader.u32();
        break;
      case 0x05: // DW_CFA_offset_extended
        stored(reader.uleb(), reader.uleb());
        break;
      case 0x06:
        restore(reader.uleb());
        break;
      case 0x07:
        row.registers.set(reader.uleb(), { kind: 'undefined' });
        break;
      case 0x08: // DW_CFA_same_value
        row.registers.delete(reader.uleb());
        break;
      case 0x09:
        row.registers.set(reader.uleb(), { kind: 'register', register: reader.uleb() });
        break;
      case 0x0a:
        if (remembered.length === mostRemembered) throw new RangeError('too many states are remembered');
        remembered.push(copyOf(row));
        break;
      case 0x0b:
        row = remembered.pop() ?? row;
        break;
      case 0x0c: // DW_CFA_def_cfa
        row.cfa = { register: reader.uleb(), offset: reader.uleb() };
        break;
      case 0x0d:
        cfaRegister(reader.uleb());
        break;
      case 0x0e:
        cfaOffset(reader.uleb());
        break;
      case 0x0f:
        row.cfa = { expression: block() };
        break;
      case 0x10:
        row.registers.set(reader.uleb(), { kind: 'storedAt', expression: block() });
        break;
      case 0x11: // DW_CFA_offset_extended_sf
        stored(reader.uleb(), reader.sleb());
        break;
      case 0x12:
        row.cfa = { register: reader.uleb(), offset: reader.sleb() * entry.dataAlignment };
        break;
      case 0x13:
        cfaOffset(reader.sleb() * entry.dataAlignment);
        break;
      case 0x14:
      case 0x15: {
        const signed = instruction === 0x15;
        const register = reader.uleb();
        const offset = (signed ? reader.sleb() : reader.uleb()) * entry.dataAlignment;
        row.registers.set(register, { kind: 'offset', offset });
        break;
      }
      case 0x16:
        row.registers.set(reader.uleb(), { kind: 'value', expression: block() });
        break;
      case 0x2e: // DW_CFA_GNU_args_size
        reader.uleb();
        break;
      default:
        throw new RangeError(`unknown unwind instruction 0x${instruction.toString(16)}`);
    }
    at += advance * entry.codeAlignment;
    if (at > until) break;
  }
  return row;
}
