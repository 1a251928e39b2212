import { expect, test } from '@jest/globals';
import { evaluateExpression } from '../../../../src/target/native/dwarfExpression.js';

const context = {
  register: (number: number) => (number === 7 ? 0x1000 : number === 16 ? 0x202b : undefined),
  word: (address: number) => (address === 0x1010 ? 0xdead : undefined),
};
const evaluate = (bytes: readonly number[], initial: readonly number[] = []): number | undefined =>
  evaluateExpression(Buffer.from(bytes), context, initial);

test('the expression that linkers write for the procedure linkage table', () => {
  // breg7 +8, breg16 +0, lit15, and, lit10, ge, lit3, shl, plus: 0x202b is behind the push.
  expect(evaluate([0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3a, 0x2a, 0x33, 0x24, 0x22])).toBe(0x1010);
});

test('what is stored at an address, and what is pushed before', () => {
  expect(evaluate([0x77, 16, 0x06])).toBe(0xdead);
  expect(evaluate([0x23, 0x80, 0x01], [0x1000])).toBe(0x1080);
  expect(evaluate([0x11, 0x70, 0x22], [0x1000])).toBe(0xff0);
  expect(evaluate([0x92, 7, 1])).toBe(0x1001);
});

test('what is not known makes the whole unknown', () => {
  expect(evaluate([0x73, 0])).toBeUndefined();
  expect(evaluate([0x77, 0, 0x06])).toBeUndefined();
});

test.each([
  ['an empty stack', []],
  ['an operand that is missing', [0x22]],
  ['an operation that is none', [0xff]],
  ['a number that is cut off', [0x77]],
  ['a jump', [0x2f, 0, 0]],
])('%s is a RangeError', (_, bytes) => {
  expect(() => evaluate(bytes)).toThrow(RangeError);
});
