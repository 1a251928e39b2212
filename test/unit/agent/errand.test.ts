import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import {
  buildErrand,
  errandBytes,
  errandLayout,
  readRoom,
  roomBytes,
  roomLayout,
  type Errand,
} from '../../../src/agent/errand.js';
import { errandFile } from '../../../src/agent/libraryFile.js';
import type { Memory } from '../../../src/agent/memory.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const source = readFileSync(`${root}agent-c/errand/errand_x86_64.S`, 'utf8');

const onX64 = process.arch === 'x64' ? describe : describe.skip;

onX64('the errand, which is for x86-64 only', () => {
  const symbols = new Map(
    execFileSync('nm', [`${root}agent-c/build/errand_x86_64.o`], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line): [string, number] => [line.slice(19), parseInt(line, 16)]),
  );

  test('its block is where the object file has it', () => {
    const expected = {
      room: 'room',
      roomSize: 'room_size',
      function: 'function',
      arguments: 'arguments',
      failure: 'failure',
      explain: 'explain',
      errnoLocation: 'errno_location',
      entry: 'errand_entry',
    };
    expect(errandLayout).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, symbol]) => [name, symbols.get(symbol)])),
    );
  });

  test('the gdb script puts each register where the object file has it', () => {
    const script = readFileSync(`${root}gdb-scripts/sleeper.gdb`, 'utf8');
    const [, body = ''] = /^define sleeper-send\n(.*?)^end$/ms.exec(script) ?? [];
    const [, count, values = ''] = /\*\(unsigned long \(\*\)\[(\d+)\]\) \$arg0 = \{(.*)\}$/m.exec(body) ?? [];
    const called: Record<string, string> = { sp: 'rsp', pc: 'rip', syscall: 'syscall_number' };
    const written = new Map(
      [...values.matchAll(/\(unsigned long\) \(?\$sleeper_(\w+)/g)].map(
        ([, name = ''], index): [string, number] => [called[name] ?? name, 8 * index],
      ),
    );
    const end = symbols.get('block_order') ?? 0;
    const registers = [...symbols].filter(([name, at]) => at < end && !name.startsWith('block'));
    expect([registers.length, count]).toEqual([19, '19']);
    expect(written).toEqual(new Map(registers));
  });

  test('there are two bytes of nothing before its entry, for a restarted system call', () => {
    expect([...readFileSync(errandFile).subarray(errandLayout.entry - 2, errandLayout.entry)]).toEqual([
      0x90, 0x90,
    ]);
  });

  const at = 0x7f1234567890n;
  const errand: Errand = {
    function: 0x7f0000001111n,
    arguments: ['/srv/libsleeper.so', -2n, 'zwölf'],
    failure: -1n,
    errnoLocation: 0x7f0000003333n,
    room: 0x500000000000n,
  };
  const codeLength = readFileSync(errandFile).length;
  const texts = '/srv/libsleeper.so\0zwölf\0';

  test('its texts lie behind it, and their addresses are passed', () => {
    const built = buildErrand(errand, at);
    expect(built.subarray(codeLength).toString()).toBe(texts);
    const behind = at + BigInt(codeLength);
    const words = [0, 8, 16].map((offset) => built.readBigUInt64LE(errandLayout.arguments + offset));
    expect(words).toEqual([behind, 0xffff_ffff_ffff_fffen, behind + 19n]);
  });

  test('what it needs is what it takes', () => {
    expect(errandBytes(errand.arguments)).toBe(codeLength + Buffer.byteLength(texts));
    for (const args of [[], [1n], ['a', 'bc', 'é'], [''], errand.arguments]) {
      expect(errandBytes(args)).toBe(buildErrand({ ...errand, arguments: args }, at).length);
    }
  });

  test('the order is in its block, and the rest of it is as it was assembled', () => {
    const built = buildErrand({ ...errand, explain: 0x7f0000002222n }, at);
    const word = (name: keyof typeof errandLayout) => built.readBigUInt64LE(errandLayout[name]);
    expect({
      room: word('room'),
      size: word('roomSize'),
      function: word('function'),
      failure: word('failure'),
      explain: word('explain'),
      errno: word('errnoLocation'),
    }).toEqual({
      room: errand.room,
      size: BigInt(roomBytes),
      function: errand.function,
      failure: 0xffff_ffff_ffff_ffffn,
      explain: 0x7f0000002222n,
      errno: errand.errnoLocation,
    });
    const code = readFileSync(errandFile);
    const behindOrder = errandLayout.errnoLocation + 8;
    expect(built.subarray(0, errandLayout.room)).toEqual(code.subarray(0, errandLayout.room));
    expect(built.subarray(behindOrder, codeLength)).toEqual(code.subarray(behindOrder));
    // One after another does not leave anything in the next.
    expect(buildErrand({ ...errand, arguments: [] }, at).subarray(errandLayout.arguments)).toEqual(
      Buffer.concat([Buffer.alloc(24), buildErrand(errand, at).subarray(errandLayout.failure, codeLength)]),
    );
  });
});

test('the room is laid out as the errand does', () => {
  const defined = (name: string) => Number(new RegExp(`^#define ${name} (\\w+)`, 'm').exec(source)?.[1]);
  expect({
    state: defined('ROOM_STATE'),
    result: defined('ROOM_RESULT'),
    errno: defined('ROOM_ERRNO'),
    text: defined('ROOM_TEXT'),
    size: defined('ROOM_OLD_MASK'),
  }).toEqual(roomLayout);
  expect(roomBytes).toBeGreaterThanOrEqual(defined('ROOM_VECTORS') + defined('VECTORS_BYTES') + 0x40000);
});

describe('what a room tells', () => {
  const room = 0x500000000000n;
  const pageBytes = 4096;

  /** The pages that are mapped, by their addresses; as /proc/PID/mem, it fails where any byte of a range is not. */
  function memoryOf(pages: ReadonlyMap<bigint, Buffer>): Memory {
    return {
      read(address, length) {
        const bytes = Buffer.alloc(length);
        for (let done = 0; done < length;) {
          const offset = Number((address + BigInt(done)) & 4095n);
          const page = pages.get(address + BigInt(done - offset));
          if (page === undefined) throw new Error('EIO');
          done += page.copy(bytes, done, offset);
        }
        return bytes;
      },
      write: () => {
        throw new Error('reads only');
      },
    };
  }

  function roomOf(state: bigint, result: bigint, errno: number, text: bigint): Buffer {
    const page = Buffer.alloc(pageBytes);
    page.writeBigUInt64LE(state, roomLayout.state);
    page.writeBigInt64LE(result, roomLayout.result);
    page.writeInt32LE(errno, roomLayout.errno);
    page.writeBigUInt64LE(text, roomLayout.text);
    return page;
  }

  const textPage = 0x7f0000001000n;
  const failedWith = (text: string | Buffer, offset: number, more = new Map<bigint, Buffer>()) => {
    const page = Buffer.alloc(pageBytes, '#');
    Buffer.from(text).copy(page, offset);
    const pages = new Map([[room, roomOf(1n, 0n, 2, textPage + BigInt(offset))], [textPage, page], ...more]);
    return readRoom(memoryOf(pages), room)?.reason;
  };

  test('nothing where it is not', () => {
    expect(readRoom(memoryOf(new Map()), room)).toBeNull();
  });

  test('no failure while the thread is on its errand', () => {
    expect(readRoom(memoryOf(new Map([[room, roomOf(0n, 5n, 11, 1n)]])), room)).toEqual({
      failed: false,
      result: 0,
      reason: '',
    });
  });

  test('the text that explains a failure', () => {
    const page = Buffer.alloc(pageBytes);
    page.write('cannot open shared object file\0and more', 8);
    const pages = new Map([
      [room, roomOf(1n, -7n, 2, textPage + 8n)],
      [textPage, page],
    ]);
    expect(readRoom(memoryOf(pages), room)).toEqual({
      failed: true,
      result: -7,
      reason: 'cannot open shared object file',
    });
  });

  test('the number of the error where there is no text, or an empty one, or none to be read', () => {
    const silent = readRoom(memoryOf(new Map([[room, roomOf(1n, -1n, 13, 0n)]])), room);
    expect(silent).toEqual({ failed: true, result: -1, reason: 'error 13' });
    expect(failedWith('\0', 100)).toBe('error 2');
    expect(readRoom(memoryOf(new Map([[room, roomOf(1n, 0n, 2, 0x10n)]])), room)?.reason).toBe('error 2');
  });

  test('a text near the end of its page, and one that goes on in the next', () => {
    expect(failedWith('no room\0', pageBytes - 8)).toBe('no room');
    expect(failedWith('cut here', pageBytes - 8)).toBe('cut here');
    const next = Buffer.alloc(pageBytes);
    next.write('goes on\0');
    expect(failedWith('and it ', pageBytes - 7, new Map([[textPage + 4096n, next]]))).toBe('and it goes on');
  });

  test('of a text without an end, not all', () => {
    expect(failedWith('', 0)).toBe('#'.repeat(512));
  });

  test('a processor with wider registers', () => {
    expect(readRoom(memoryOf(new Map([[room, roomOf(2n, 0n, 0, 0n)]])), room)).toMatchObject({
      failed: true,
      reason: expect.stringContaining('vector registers'),
    });
  });
});
