import { describe, expect, test } from '@jest/globals';
import { futexPlace } from '../../../src/target/futexPlace.js';
import { parseMaps } from '../../../src/target/maps.js';
import { mutexOwner } from '../../../src/target/syscalls/mutex.js';

/** __lock, __count, __owner, __nusers, __kind */
function aMutex(...words: [number, number, number, number, number]): Buffer {
  const data = Buffer.alloc(20);
  words.forEach((word, index) => data.writeUInt32LE(word, 4 * index));
  return data;
}

describe('who has a mutex of glibc', () => {
  test.each([
    ['a usual one', aMutex(2, 0, 77, 1, 0)],
    ['a recursive one, taken twice', aMutex(2, 2, 77, 1, 1)],
    ['one that checks for errors', aMutex(2, 0, 77, 1, 2)],
    ['one without lock elision', aMutex(2, 0, 77, 3, 512)],
    ['a robust one', aMutex(0x8000004d, 0, 77, 1, 16)],
    ['one that inherits priorities', aMutex(0x8000004d, 1, 77, 1, 33)],
  ])('%s', (_, data) => expect(mutexOwner(data)).toBe(77));

  test.each([
    ['nobody waits for it', aMutex(1, 0, 77, 1, 0)],
    ['nobody has it', aMutex(0, 0, 0, 0, 0)],
    ['it is just handed over', aMutex(2, 0, 0, 0, 0)],
    ['a semaphore', aMutex(0, 1, 128, 0, 0)],
    ['a word of other code', aMutex(2, 77, 77, 77, 77)],
    ['a recursive one that was not taken', aMutex(2, 0, 77, 1, 1)],
    ['one of several processes', aMutex(2, 0, 77, 1, 128)],
    ['a robust one of somebody else', aMutex(0x8000004e, 0, 77, 1, 16)],
  ])('none: %s', (_, data) => expect(mutexOwner(data)).toBeNull());
});

test('what a futex is part of', () => {
  const mappings = parseMaps(
    [
      '7f0000000000-7f0000021000 rw-p 00000000 00:00 0 ',
      '7f0001000000-7f0001002000 rw-p 00002000 fd:01 17 /srv/app/libmutexes.so',
      '7f0001002000-7f0001003000 rw-p 00000000 00:00 0 ',
      '7f0001004000-7f0001005000 rw-p 00000000 00:00 0 ',
      '7f0002000000-7f0002001000 rw-p 00026000 fd:01 18 /lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
      '7f0003000000-7f0003001000 rw-s 00000000 00:19 19 /dev/shm/sem.x (deleted)',
      '7f0004000000-7f0004021000 rw-p 00000000 00:00 0 [heap]',
      '',
    ].join('\n'),
  );
  const places = {
    0x7f0000000030: ['allocator', null],
    0x7f0000000830: ['memory', null],
    0x7f0001000100: ['library', 'libmutexes.so'],
    0x7f0001002100: ['library', 'libmutexes.so'],
    0x7f0001004100: ['memory', null],
    0x7f0002000108: ['loader', 'ld-linux-x86-64.so.2'],
    0x7f0003000000: ['memory', null],
    0x7f0004000000: ['memory', null],
    0x7f0005000000: ['memory', null],
  };
  for (const [address, [of, library]] of Object.entries(places))
    expect({ address, ...futexPlace(BigInt(address), mappings) }).toEqual({ address, of, library });
});
