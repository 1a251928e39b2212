import { expect, test } from '@jest/globals';
import { isShownBy, shapeOf } from './outputShape.js';

const output = `Process 12: python3 app.py
stopped for 5.6 ms, at 0x7f01

Thread 12 "main"  waits for 483 ms
  work (/srv/app.py:7)
    amount = 'a'
`;

test.each([
  ['Process 9: python3 app.py\n[...]\nThread 9 "main"  waits for 2.1 s'],
  ['[...]\n  work (/tmp/app.py:8)\n    amount = [...]'],
  ['Process 12: [...]\nstopped for 12 ms, at 0x55\n\nThread 1 "main"  waits for 0.1 s'],
])('has what is shown: %j', (shown) => {
  expect(isShownBy(shown, output)).toBe(true);
});

test.each([
  ['Process 12: python3 other.py'],
  ['Thread 12 "main"  waits for 483 ms'],
  ['[...]\nThread 12 "main"  runs for 483 ms'],
  ['[...]\n    amount = "a"'],
])('has not what is shown: %j', (shown) => {
  expect(isShownBy(shown, output)).toBe(false);
});

test('escape sequences and numbers do not matter', () => {
  expect(shapeOf('\u001b[31m3 threads\u001b[39m at 2026-11-21T02:55:21.695Z\r\n')).toEqual([
    '0 threads at 0',
  ]);
});
