import { expect, test } from '@jest/globals';
import type { Answer } from '../../../src/gdb/connection.js';
import { ThreadNumbers } from '../../../src/gdb/threadNumbers.js';

/** What gdb 13 prints for `thread find` in a process of which 100 is the main thread. */
const lines: Record<string, string> = {
  LWP: "Thread 1 has target id 'LWP 100'\nThread 2 has target id 'LWP 102'\nThread 2 has name 'LWP 7'\nThread 3.1 has target id 'LWP 1020'\n",
  'LWP 102':
    "Thread 2 has target id 'LWP 102'\nThread 3.1 has target id 'LWP 1020'\nThread 4 has name 'LWP 102'\n",
  'LWP 9': "No threads match 'LWP 9'\n",
};

function numbers(): { found: ThreadNumbers; asked: string[] } {
  const asked: string[] = [];
  const ask = (command: string): Promise<Answer> => {
    const pattern = /thread find (LWP(?: \d+)?)/.exec(command)?.[1] ?? '';
    asked.push(pattern);
    return Promise.resolve({ console: lines[pattern] } as Answer);
  };
  return { found: new ThreadNumbers(100, ask), asked };
}

test('one thread, which is asked for once; the main one is known', async () => {
  const { found, asked } = numbers();
  expect([await found.find(102), await found.find(102), await found.find(100)]).toEqual(['2', '2', '1']);
  expect(asked).toEqual(['LWP 102']);
});

test('several with one question', async () => {
  const { found, asked } = numbers();
  expect(await found.findAll([1020, 100, 102])).toEqual(['3.1', '1', '2']);
  expect(asked).toEqual(['LWP']);
  expect(await found.findAll([102, 1020])).toEqual(['2', '3.1']);
  expect(asked).toHaveLength(1);
});

test('what gdb does not have', async () => {
  const { found } = numbers();
  expect(await found.find(9)).toBeUndefined();
  expect(await found.findAll([9, 102, 7])).toEqual(['2']);
});
