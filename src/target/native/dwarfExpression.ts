import { ByteReader } from './byteReader.js';

/** What an expression can ask for; undefined: not known, and then neither is its value. */
export interface ExpressionContext {
  readonly register: (number: number) => number | undefined;
  readonly word: (address: number) => number | undefined;
}

const mostStack = 64;

/**
 * Evaluates a DWARF expression (DWARF 5, 2.5), as far as compilers use them for unwinding: no jumps, no types.
 * Numbers are exact up to 2^53, as addresses are.
 * @returns undefined when something is not known
 * @throws RangeError when it is damaged or does more
 */
export function evaluateExpression(
  expression: Buffer,
  { register, word }: ExpressionContext,
  initial: readonly number[],
): number | undefined {
  const reader = new ByteReader(expression);
  const stack = [...initial];
  const pop = (): number => {
    const value = stack.pop();
    if (value === undefined) throw new RangeError('the stack of an expression is empty');
    return value;
  };
  const binary = (operate: (left: number, right: number) => number): number => {
    const right = pop();
    return operate(pop(), right);
  };
  const bits = (operate: (left: bigint, right: bigint) => bigint): number =>
    binary((left, right) => Number(BigInt.asUintN(64, operate(BigInt(left), BigInt(right)))));
  const truth = (operate: (left: number, right: number) => boolean): number =>
    binary((left, right) => (operate(left, right) ? 1 : 0));
  const offsetOf = (number: number): number | undefined => {
    const offset = reader.sleb();
    const value = register(number);
    return value === undefined ? undefined : value + offset;
  };
  while (!reader.atEnd) {
    const operation = reader.u8();
    let value: number | undefined;
    if (operation >= 0x30 && operation <= 0x4f) value = operation - 0x30;
    else if (operation >= 0x70 && operation <= 0x8f) value = offsetOf(operation - 0x70);
    else {
      const operate = operations[operation];
      if (operate === undefined)
        throw new RangeError(`unknown operation 0x${operation.toString(16)} of an expression`);
      value = operate({ reader, stack, pop, binary, bits, truth, word, offsetOf });
    }
    if (value === undefined) return undefined;
    if (stack.length === mostStack) throw new RangeError('the stack of an expression is full');
    stack.push(value);
  }
  return pop();
}

interface Machine {
  readonly reader: ByteReader;
  readonly stack: readonly number[];
  readonly pop: () => number;
  readonly binary: (operate: (left: number, right: number) => number) => number;
  readonly bits: (operate: (left: bigint, right: bigint) => bigint) => number;
  readonly truth: (operate: (left: number, right: number) => boolean) => number;
  readonly word: (address: number) => number | undefined;
  readonly offsetOf: (number: number) => number | undefined;
}

/** Each gives what is pushed. */
const operations: Readonly<Record<number, (machine: Machine) => number | undefined>> = {
  0x03: ({ reader }) => reader.u64(), // DW_OP_addr
  0x06: ({ word, pop }) => word(pop()), // DW_OP_deref
  0x08: ({ reader }) => reader.u8(),
  0x09: ({ reader }) => reader.i8(),
  0x0a: ({ reader }) => reader.u16(),
  0x0b: ({ reader }) => reader.i16(),
  0x0c: ({ reader }) => reader.u32(),
  0x0d: ({ reader }) => reader.i32(),
  0x0e: ({ reader }) => reader.u64(),
  0x0f: ({ reader }) => reader.i64(),
  0x10: ({ reader }) => reader.uleb(),
  0x11: ({ reader }) => reader.sleb(),
  0x12: ({ stack }) => stack.at(-1), // DW_OP_dup
  0x14: ({ stack }) => stack.at(-2), // DW_OP_over
  0x1a: ({ bits }) => bits((left, right) => left & right),
  0x1c: ({ binary }) => binary((left, right) => left - right),
  0x1e: ({ binary }) => binary((left, right) => left * right),
  0x21: ({ bits }) => bits((left, right) => left | right),
  0x22: ({ binary }) => binary((left, right) => left + right),
  0x23: ({ reader, pop }) => pop() + reader.uleb(), // DW_OP_plus_uconst
  0x24: ({ bits }) => bits((left, right) => (right >= 0n && right < 64n ? left << right : 0n)),
  0x25: ({ bits }) => bits((left, right) => (right >= 0n && right < 64n ? left >> right : 0n)),
  0x27: ({ bits }) => bits((left, right) => left ^ right),
  0x29: ({ truth }) => truth((left, right) => left === right),
  0x2a: ({ truth }) => truth((left, right) => left >= right),
  0x2b: ({ truth }) => truth((left, right) => left > right),
  0x2c: ({ truth }) => truth((left, right) => left <= right),
  0x2d: ({ truth }) => truth((left, right) => left < right),
  0x2e: ({ truth }) => truth((left, right) => left !== right),
  0x92: ({ reader, offsetOf }) => offsetOf(reader.uleb()), // DW_OP_bregx
};
