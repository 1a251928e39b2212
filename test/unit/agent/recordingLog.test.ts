import { expect, test } from '@jest/globals';
import { decodeLog, type LogRecord } from '../../../src/agent/recordingLog.js';
import { logBytes } from '../../support/logBytes.js';
import { pseudoRandom } from '../../support/profiles.js';

const records: LogRecord[] = [
  { kind: 'forget' },
  { kind: 'interpreter', id: 0, locks: 0x7fff_ffff_f000n, bytes: 48 },
  { kind: 'interpreter', id: 3, locks: 0n, bytes: 0 },
  { kind: 'code', number: 2, firstLine: 1, name: 'Größe.<locals>.<lambda>', file: '/srv/\u{1f600}.py' },
  { kind: 'code', number: 3, firstLine: 70_000, name: '', file: 'x'.repeat(300) },
  { kind: 'variables', number: 1, text: '{"variables":[]}' },
  { kind: 'node', number: 1, parent: 0, code: 2, line: 0, entry: true, variables: 1 },
  { kind: 'node', number: 2, parent: 1, code: 3, line: null, entry: false, variables: 0 },
  { kind: 'node', number: 300, parent: 2, code: 0, line: 2 ** 31 - 1, entry: false, variables: 0 },
  { kind: 'thread', number: 0, interpreter: 0, ident: 0xffff_ffff_ffff_ffffn, tid: 4_194_304 },
  { kind: 'name', thread: 0, name: 'MainThread' },
  {
    kind: 'sample',
    ns: 2n ** 63n,
    changed: [
      { thread: 0, node: 300, holdsGil: true },
      { thread: 200, node: 0, holdsGil: false },
    ],
    gone: [1, 127, 128],
  },
  { kind: 'sample', ns: 0n, changed: [], gone: [] },
];

test('bytes made by hand', () => {
  const bytes = [
    ...[1, 2, 0, 0x80, 0x01, 48],
    ...[3, 2, 0x96, 0x01, 1, 0x66, 2, 0x61, 0x62],
    ...[4, 1, 0, 2, 0, 1, 0, 5, 0, 0, 7, 9, 6, 0, 1, 0x74],
    ...[7, 0xe8, 0x07, 1, 1, 1, 0, 3, 0],
  ];
  expect(decodeLog(Buffer.from(bytes))).toEqual([
    { kind: 'forget' },
    { kind: 'interpreter', id: 0, locks: 128n, bytes: 48 },
    { kind: 'code', number: 2, firstLine: 150, name: 'f', file: 'ab' },
    { kind: 'node', number: 1, parent: 0, code: 2, line: null, entry: true, variables: 0 },
    { kind: 'thread', number: 0, interpreter: 0, ident: 7n, tid: 9 },
    { kind: 'name', thread: 0, name: 't' },
    { kind: 'sample', ns: 1000n, changed: [{ thread: 0, node: 1, holdsGil: true }], gone: [2] },
  ]);
});

test('what was encoded is decoded', () => {
  expect(decodeLog(logBytes(records))).toEqual(records);
  expect(decodeLog(Buffer.alloc(0))).toEqual([]);
});

/** The records, or null where there is a RangeError; anything else is thrown on. */
function decodedOrRangeError(bytes: Buffer): LogRecord[] | null {
  try {
    return decodeLog(bytes);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

test('a log that is cut off: whole records, or a RangeError', () => {
  const whole = logBytes(records);
  const ends = new Set(records.map((_, count) => logBytes(records.slice(0, count)).length));
  for (let length = 0; length < whole.length; length++) {
    const decoded = decodedOrRangeError(whole.subarray(0, length));
    if (ends.has(length)) expect(decoded).toEqual(records.slice(0, decoded?.length));
    else expect(decoded).toBeNull();
  }
});

test('random bytes: records or a RangeError, never anything else', () => {
  const random = pseudoRandom(7);
  const byte = (): number => Math.floor(random.next().value * 256);
  for (let round = 0; round < 3000; round++) {
    decodedOrRangeError(Buffer.from(Array.from({ length: round % 60 }, byte)));
    const changed = logBytes(records);
    changed[Math.floor(random.next().value * changed.length)] = byte();
    decodedOrRangeError(changed);
  }
});

test.each([
  ['a number of 64 bits and more', [7, ...Array.from({ length: 11 }, () => 0xff)]],
  ['a number that is too large to be counted with', [6, ...Array.from({ length: 8 }, () => 0xff), 0]],
  ['a text that is longer than the log', [6, 0, 100, 0x61]],
  ['a record of an unknown kind', [8]],
  ['no kind', [0]],
])('%s is none', (_, bytes) => {
  expect(() => decodeLog(Buffer.from(bytes))).toThrow(RangeError);
});

test('text that is no UTF-8 is still text', () => {
  expect(decodeLog(Buffer.from([6, 0, 2, 0xff, 0x61]))).toEqual([
    { kind: 'name', thread: 0, name: '\ufffda' },
  ]);
});
