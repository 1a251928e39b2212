import { expect, test } from '@jest/globals';
import type { KernelThread } from '../../../src/model/snapshot.js';
import { threadsThatMovedOn } from '../../../src/target/kernelThreads.js';

/** A thread that waited at 0x7f10 before the stop. */
const waiting: KernelThread = {
  ...{ tid: 8, name: 'worker', state: 'S', cpuUserMs: 0, cpuSystemMs: 0 },
  ...{ waitChannel: null, lastRanMsAgo: null },
  systemCall: { number: 202, name: 'futex', arguments: [], fds: [], futex: '0x7f10' },
};

/** Has it moved on, by its system call in the stop, and by the two words at 0x7f10? */
function movedOn(call: string, words: [number, number]): boolean {
  const memory = {
    read: (address: bigint, length: number) => {
      if (address !== 0x7f10n) throw new Error('nothing is there');
      const bytes = Buffer.alloc(length);
      words.forEach((word, index) => bytes.writeUInt32LE(word, 4 * index));
      return bytes;
    },
  };
  return threadsThatMovedOn([waiting], () => `${call} 0x7ffc 0x7f00\n`, memory).has(8);
}

const wait = '202 0x7f10 0x189 0x0 0x0 0x0 0xffffffff';

(process.arch === 'x64' ? test : test.skip)('who has left its wait, or is about to', () => {
  expect(movedOn(wait, [0, 1])).toBe(false);
  expect(movedOn(wait.replace('7f10', '7f18'), [0, 1])).toBe(true);
  expect(movedOn(wait.replace('0x189', '0x81'), [0, 1])).toBe(true); // FUTEX_WAKE: it releases what it has waited for
  expect(movedOn('230 0x0 0x0 0x0 0x0 0x0 0x0', [0, 1])).toBe(true);
  expect(movedOn('running', [0, 1])).toBe(true);
});

(process.arch === 'x64' ? test : test.skip)('a semaphore that was posted; what is none', () => {
  expect(movedOn(wait, [1, 1])).toBe(true);
  expect(movedOn(wait, [1, 0])).toBe(false);
  expect(movedOn(wait, [1, 0x7f000000])).toBe(false);
  expect(movedOn(wait.replace('0x189 0x0', '0x189 0x2'), [1, 1])).toBe(false);
});
