import { expect, test } from '@jest/globals';
import { judge, type Filter } from '../../../src/target/seccomp/filter.js';
import { parseFilters } from '../../../src/target/seccomp/filtersOf.js';
import { neededCalls } from '../../../src/target/seccomp/needs.js';

type Instruction = readonly [code: number, value: number, yes?: number, no?: number];

function filter(...instructions: readonly Instruction[]): Filter {
  return Buffer.concat(
    instructions.map(([code, value, yes = 0, no = 0]) => {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt16LE(code, 0);
      bytes.writeUInt8(yes, 2);
      bytes.writeUInt8(no, 3);
      bytes.writeUInt32LE(value, 4);
      return bytes;
    }),
  );
}

/** linux/bpf_common.h */
const LOAD = 0x20;
const EQUAL = 0x15;
const GREATER_EQUAL = 0x35;
const SET = 0x45;
const AND = 0x54;
const RETURN = 0x06;
const RETURN_ACCUMULATOR = 0x16;
/** linux/seccomp.h */
const ALLOW = 0x7fff0000;
const LOG = 0x7ffc0000;
const TRAP = 0x00030000;
const EPERM = 0x00050001;
const KILL_THREAD = 0;
const KILL_PROCESS = 0x80000000;

const mmap = (protection: bigint) => ({ number: 9, arguments: [0n, 4096n, protection] });
const onX64 = (program: Filter, call = mmap(1n)) => judge([program], call, 'x64');
const returning = (action: number): Filter => filter([RETURN, action]);

test.each([
  [ALLOW, 'allowed'],
  [LOG, 'allowed'],
  [EPERM, 'refused'],
  [0x7fc00000, 'refused'],
  [TRAP, 'killed'],
  [KILL_THREAD, 'killed'],
  [KILL_PROCESS, 'killed'],
  [0x12340000, 'killed'],
])('a filter that returns %i', (action, verdict) => {
  expect(onX64(returning(action))).toBe(verdict);
});

test('of several filters the gravest answer counts', () => {
  const judged = (...actions: number[]) => judge(actions.map(returning), mmap(1n), 'x64');
  expect(judged(ALLOW, EPERM)).toBe('refused');
  expect(judged(KILL_PROCESS, ALLOW, EPERM)).toBe('killed');
});

test('a filter by the number: a jump over what it allows, as libseccomp writes it', () => {
  const program = filter(
    [LOAD, 4],
    [EQUAL, 0xc000003e, 1, 0],
    [RETURN, KILL_PROCESS],
    [LOAD, 0],
    [GREATER_EQUAL, 0x40000000, 3, 0],
    [EQUAL, 9, 1, 0],
    [EQUAL, 10, 0, 1],
    [RETURN, ALLOW],
    [RETURN, EPERM],
  );
  const call = (number: number) => ({ number, arguments: [] });
  expect([9, 10, 11].map((number) => judge([program], call(number), 'x64'))).toEqual([
    ...['allowed', 'allowed', 'refused'],
  ]);
  expect(judge([program], call(9), 'arm64')).toBe('killed');
});

test('a filter by an argument, as MemoryDenyWriteExecute= makes it', () => {
  const program = filter([LOAD, 32], [AND, 6], [EQUAL, 6, 0, 1], [RETURN, KILL_PROCESS], [RETURN, ALLOW]);
  expect([3n, 5n, 7n].map((protection) => onX64(program, mmap(protection)))).toEqual([
    ...['allowed', 'allowed', 'killed'],
  ]);
  const high = filter([LOAD, 36], [SET, 1, 0, 1], [RETURN, KILL_PROCESS], [RETURN, ALLOW]);
  expect(onX64(high, mmap(1n << 32n))).toBe('killed');
  expect(onX64(high)).toBe('allowed');
});

test('arithmetic, the index register and the memory', () => {
  // (9 * 4 - 4) >> 1 == 16, kept in a word of memory, loaded into the index, compared, and with it the action made.
  const program = filter(
    ...([
      [LOAD, 0],
      [0x24, 4],
      [0x14, 4],
      [0x74, 1],
      [0x02, 3],
      [0x61, 3],
      [0x00, 16],
      [0x1d, 0, 1, 0],
      [RETURN, KILL_PROCESS],
      [0x87, 0],
      [0x64, 27],
      [0x84, 0],
      [0x04, 0x00050000 - 0x80000000 + 0x100000000],
      [RETURN_ACCUMULATOR, 0],
    ] as const),
  );
  expect(onX64(program)).toBe('refused');
});

test.each([
  ['an empty one', filter()],
  ['an unknown instruction', filter([0x30, 0], [RETURN, ALLOW])],
  ['a jump behind its end', filter([0x05, 0xffffffff], [RETURN, ALLOW])],
  ['a load from outside of the data', filter([LOAD, 64], [RETURN, ALLOW])],
  ['half an instruction', Buffer.from([6, 0, 0, 0])],
  ['a division by zero', filter([0x34, 0], [RETURN, ALLOW])],
])('%s, which the kernel would not have taken, is taken for the worst', (_, program) => {
  expect(onX64(program)).toBe('killed');
});

test('what the helper prints: the filters of each thread', () => {
  expect(parseFilters('0600000000000000\n2000\n\n0600\n\n')).toEqual([
    [Buffer.from('0600000000000000', 'hex'), Buffer.from('2000', 'hex')],
    [Buffer.from('0600', 'hex')],
  ]);
  expect(parseFilters('')).toEqual([]);
});

test('what is needed has a number on each architecture', () => {
  const names = (...args: Parameters<typeof neededCalls>) => neededCalls(...args).map(({ name }) => name);
  expect(names('load', 'musl', 'x64')).toContain('open');
  expect(names('load', 'glibc', 'arm64')).toContain('openat');
  expect(names('load', 'glibc', 'x64')).not.toContain('memfd_create');
  expect(names('load from memory', 'glibc', 'x64')).toContain('memfd_create');
  expect(neededCalls('live session', 'glibc', 'x64').find(({ name }) => name === 'pipe2')?.number).toBe(293);
});
