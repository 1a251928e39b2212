import { expect, test } from '@jest/globals';
import type { Answer } from '../../../src/gdb/connection.js';
import { asNumbered, ThreadNumbers } from '../../../src/gdb/threadNumbers.js';
import { Told } from '../../../src/gdb/told.js';

/** What gdb 13 prints for `thread find` in a process of which 100 is the main thread. */
const lines: Record<string, string> = {
  LWP: "Thread 1 has target id 'LWP 100'\nThread 2 has target id 'LWP 102'\nThread 2 has name 'LWP 7'\nThread 3.1 has target id 'LWP 1020'\n",
  'LWP 102':
    "Thread 2 has target id 'LWP 102'\nThread 3.1 has target id 'LWP 1020'\nThread 4 has name 'LWP 102'\n",
  'LWP 9': "No threads match 'LWP 9'\n",
  'thread 2':
    '[Switching to thread 1 (LWP 100)]\n[Switching to thread 2 (LWP 102)]\n#0  0x00007f16081b02ec in ?? ()\n',
};

function numbers(numbered: readonly number[] = []): { found: ThreadNumbers; told: Told; asked: string[] } {
  const asked: string[] = [];
  const ask = (command: string): Promise<Answer> => {
    const [, find, select] = /"(?:thread find (LWP(?: \d+)?)|(thread \d+))"/.exec(command) ?? [];
    asked.push(find ?? select ?? '');
    return Promise.resolve({ console: lines[find ?? select ?? ''] ?? '' } as Answer);
  };
  const told = new Told();
  return { found: new ThreadNumbers(100, numbered, told, ask), told, asked };
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

test('a guess, which is looked at: the thread is selected then', async () => {
  const { found, told, asked } = numbers([100, 102, 1020]);
  expect([await found.find(102), await found.find(102)]).toEqual(['2', '2']);
  expect(asked).toEqual(['thread 2']);
  expect(told.selectCommands('2')).toEqual([]);
});

test('a guess that is wrong: a thread ended before gdb attached; gdb has no such number', async () => {
  const { found, told, asked } = numbers([100, 1020]);
  expect(await found.find(1020)).toBeUndefined();
  expect(asked).toEqual(['thread 2', 'LWP 1020']);
  expect(told.selectCommands('2')).toEqual([]);
  const other = numbers([100, 101, 102]);
  expect(await other.found.find(102)).toBe('2');
  expect(other.asked).toEqual(['thread 3', 'LWP 102']);
  expect(other.told.selectCommands('1')).toEqual(['-thread-select 1']);
});

test('gdb 16 and 18 number all but the main thread backwards', () => {
  expect(asNumbered([100, 102, 101], 13)).toEqual([100, 102, 101]);
  expect(asNumbered([100, 102, 101], 16)).toEqual([100, 101, 102]);
  expect(asNumbered([], 18)).toEqual([]);
});
