import { evaluateExpression } from './dwarfExpression.js';
import type { LoadedModule } from './loadedModule.js';
import type { RegisterRule, UnwindRules } from './unwindRules.js';

/** The numbers that DWARF gives registers of x86-64 (System V ABI, AMD64 supplement, figure 3.36). */
export const dwarfRegister = {
  ...{ rbx: 3, rbp: 6, rsp: 7 },
  ...{ r12: 12, r13: 13, r14: 14, r15: 15, rip: 16 },
} as const;
const { rbp, rsp, rip } = dwarfRegister;
const registerCount = 17;

/** Registers by their DWARF numbers; undefined: not known. */
export type Registers = readonly (number | undefined)[];

/** A part of a stack, from the stack pointer upwards. */
export interface StackCopy {
  readonly address: number;
  readonly bytes: Buffer;
}

/** A frame of C. */
export interface CodePlace {
  /** An address in the instruction that is being executed, or that has called. */
  readonly address: number;
  readonly module: LoadedModule | null;
}

export interface Unwound {
  /** Innermost first. */
  readonly places: readonly CodePlace[];
  /** The last one is the outermost one of the thread. */
  readonly complete: boolean;
  /** It is not complete because more of the stack would have been needed than was copied. */
  readonly ranOff: boolean;
  /** How much of the copy was used. Where it is complete, the stack ends there or a little further up. */
  readonly usedBytes: number;
}

const mostPlaces = 10_000;

/**
 * Unwinds a thread that stands still, by the tables of its code, from a copy of its stack.
 * @param moduleAt whose code is at an address
 */
export function unwind(
  start: Registers,
  stack: StackCopy,
  moduleAt: (address: number) => LoadedModule | null,
): Unwound {
  const places: CodePlace[] = [];
  let usedBytes = 0;
  let ranOff = false;
  const word = (address: number): number | undefined => {
    const offset = address - stack.address;
    if (!(offset >= 0 && offset + 8 <= stack.bytes.length)) {
      ranOff ||= offset >= 0;
      return undefined;
    }
    usedBytes = Math.max(usedBytes, offset + 8);
    return stack.bytes.readUInt32LE(offset) + stack.bytes.readUInt32LE(offset + 4) * 2 ** 32;
  };
  let registers = start;
  /** The program counter of a caller is behind the call, which may be the function's last instruction. */
  let called = false;
  while (places.length < mostPlaces) {
    const pc = registers[rip];
    if (pc === undefined) break;
    if (pc === 0) return { places, complete: places.length > 0, ranOff, usedBytes };
    const address: number = called ? pc - 1 : pc;
    const module = moduleAt(address);
    places.push({ address, module });
    const rules: UnwindRules | null = module?.rulesAt(address) ?? null;
    const caller: Registers | 'none' | null =
      rules === null ? callerByConvention(registers, word) : callerByRules(registers, rules, word);
    if (caller === 'none') return { places, complete: true, ranOff, usedBytes };
    // The stack grows downwards: a caller's frame is further up.
    if (caller === null || !((caller[rsp] ?? 0) > (registers[rsp] ?? 0))) break;
    called = rules?.isSignalFrame !== true;
    registers = caller;
  }
  return { places, complete: false, ranOff, usedBytes };
}

type Word = (address: number) => number | undefined;

/** 'none': the frame is the outermost one. Null: not known. */
function callerByRules(registers: Registers, rules: UnwindRules, word: Word): Registers | 'none' | null {
  const context = { register: (number: number) => registers[number], word };
  const { cfa: how } = rules;
  try {
    const base =
      'register' in how ? registers[how.register] : evaluateExpression(how.expression, context, []);
    if (base === undefined) return null;
    const cfa = 'register' in how ? base + how.offset : base;
    const value = (rule: RegisterRule): number | undefined => {
      switch (rule.kind) {
        case 'undefined':
          return undefined;
        case 'stored':
          return word(cfa + rule.offset);
        case 'offset':
          return cfa + rule.offset;
        case 'register':
          return registers[rule.register];
        case 'value':
          return evaluateExpression(rule.expression, context, [cfa]);
        case 'storedAt': {
          const at = evaluateExpression(rule.expression, context, [cfa]);
          return at === undefined ? undefined : word(at);
        }
      }
    };
    const caller = registers.slice(0, registerCount);
    caller[rsp] = cfa;
    for (const [register, rule] of rules.registers)
      if (register < registerCount) caller[register] = value(rule);
    const returnRule = rules.registers.get(rules.returnColumn);
    if (returnRule === undefined || returnRule.kind === 'undefined') return 'none';
    caller[rip] = caller[rules.returnColumn];
    return caller;
  } catch {
    return null;
  }
}

/** Without tables, as in code that was made at run time: by the frame pointer, if it can be one. */
function callerByConvention(registers: Registers, word: Word): Registers | null {
  const [frame, stackPointer] = [registers[rbp] ?? 0, registers[rsp] ?? 0];
  const returnAddress = frame >= stackPointer && frame % 8 === 0 ? word(frame + 8) : undefined;
  if (returnAddress === undefined) return null;
  const caller = registers.slice(0, registerCount);
  caller[rip] = returnAddress;
  caller[rsp] = frame + 16;
  caller[rbp] = word(frame);
  return caller;
}
