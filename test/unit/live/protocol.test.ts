import { expect, test } from '@jest/globals';
import { AnswerReader, encodeRequest, messageKind } from '../../../src/live/protocol.js';

function answer(id: number, status: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(16);
  [payload.length, id, status, 77].forEach((value, index) => head.writeUInt32LE(value, 4 * index));
  return Buffer.concat([head, payload]);
}

test('a request is its header and ASCII', () => {
  const message = encodeRequest({
    id: 5,
    kind: messageKind.call,
    timeoutMs: 1.5,
    payload: { a: '€\u{1f600}"\x7f' },
  });
  expect([0, 4, 8, 12].map((at) => message.readUInt32LE(at))).toEqual([message.length - 16, 5, 1, 2]);
  expect(message.toString('latin1', 16)).toBe('{"a":"\\u20ac\\ud83d\\ude00\\"\\u007f"}');
  expect(encodeRequest({ id: 0, kind: messageKind.end })).toHaveLength(16);
});

test('answers are put together whatever the pieces are', () => {
  const stream = Buffer.concat([answer(1, 0, 'one'), answer(2, 4, ''), answer(3, 0, 'x'.repeat(100))]);
  for (const size of [1, 2, 3, 15, 16, 17, 40, stream.length]) {
    const reader = new AnswerReader();
    const found = [];
    for (let at = 0; at < stream.length; at += size)
      found.push(...reader.push(stream.subarray(at, at + size)));
    expect(found.map(({ id, status, tid, payload }) => [id, status, tid, payload.toString()])).toEqual([
      [1, 0, 77, 'one'],
      [2, 4, 77, ''],
      [3, 0, 77, 'x'.repeat(100)],
    ]);
  }
});

test('what cannot be an answer is refused', () => {
  expect(() => new AnswerReader().push(Buffer.alloc(16, 0xff))).toThrow('is none');
});
