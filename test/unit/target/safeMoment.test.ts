import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseMaps } from '../../../src/target/maps.js';
import { findSafeMoment, type SafeMoment } from '../../../src/target/safeMoment.js';
import { systemCallName } from '../../../src/target/syscalls/names.js';

const pid = 100;

const glibc = `55d000000000-55d000100000 r-xp 00000000 fe:00 11                         /usr/bin/python3.11
55d000100000-55d000110000 rw-p 00100000 fe:00 11                         /usr/bin/python3.11
55d000110000-55d000120000 rw-p 00000000 00:00 0 
55d001000000-55d001100000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000040000 rw-p 00000000 00:00 0 
7f0008000000-7f0008040000 rw-p 00000000 00:00 0 
7f0010000000-7f0010010000 rwxp 00000000 00:00 0 
7f0010100000-7f0010110000 r-xp 00000000 fe:00 18                         /usr/lib/libjemalloc.so.2
7f0010200000-7f0010300000 r-xp 00000000 fe:00 12                         /usr/lib/libpython3.11.so.1.0
7f0010400000-7f0010500000 r-xp 00000000 fe:00 19                         /usr/lib/libcrypto.so.3
7f0020000000-7f0020100000 r-xp 00000000 fe:00 13                         /usr/lib/x86_64-linux-gnu/libc.so.6
7f0020100000-7f0020110000 rw-p 00100000 fe:00 13                         /usr/lib/x86_64-linux-gnu/libc.so.6
7f0020110000-7f0020120000 rw-p 00000000 00:00 0 
7f0020200000-7f0020210000 rw-p 00000000 00:00 0 
7f0030000000-7f0030030000 r-xp 00000000 fe:00 14                         /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
7f0030030000-7f0030040000 rw-p 00030000 fe:00 14                         /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
`;
const musl = `55d000000000-55d000100000 r-xp 00000000 fe:00 11                         /usr/bin/python3.11
7f0030000000-7f0030030000 r-xp 00000000 fe:00 14                         /lib/ld-musl-x86_64.so.1
7f0030030000-7f0030040000 rw-p 00030000 fe:00 14                         /lib/ld-musl-x86_64.so.1
7f0030040000-7f0030050000 rw-p 00000000 00:00 0 
`;

const inPython = 0x55d000001234n;
const inLibpython = 0x7f0010200100n;
const inLibcrypto = 0x7f0010400100n;
const inLibc = 0x7f0020000100n;
const inLoader = 0x7f0030000100n;
const inJemalloc = 0x7f0010100100n;
const generated = 0x7f0010000100n;

let procRoot: string;
beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-moment-'));
  mkdirSync(join(procRoot, String(pid), 'task'), { recursive: true });
});
afterEach(() => rmSync(procRoot, { recursive: true }));

/** A thread as /proc/PID/task/TID/syscall tells of it: proc_pid_syscall(5). */
function putThread(tid: number, line: string): void {
  const directory = join(procRoot, String(pid), 'task', String(tid));
  mkdirSync(directory);
  writeFileSync(join(directory, 'syscall'), `${line}\n`);
}

const hex = (number: bigint) => `0x${number.toString(16)}`;
const stack = '0x7ffd00001000';

function running(pc: bigint): string {
  return `-1 ${stack} ${hex(pc)}`;
}

function calling(name: string, pc = inLibc, first = 0n): string {
  const numbers = Array.from({ length: 500 }, (_, number) => number);
  const number = numbers.find((each) => systemCallName(each) === name);
  if (number === undefined) throw new Error(name);
  return `${String(number)} ${hex(first)} 0x1 0x0 0x0 0x0 0x0 ${stack} ${hex(pc)}`;
}

function find(maps = glibc, avoid: { start: bigint; end: bigint } | null = null): SafeMoment {
  return findSafeMoment(pid, parseMaps(maps), avoid, procRoot);
}

/** What is said of a process with this one thread. */
function findOne(line: string, maps = glibc): SafeMoment {
  putThread(pid, line);
  return find(maps);
}

const safe = (pc: bigint, tid = pid): SafeMoment => ({ kind: 'safe', tid, pc });
const unsafe = (why: string): SafeMoment => ({ kind: 'unsafe', why });

describe('a thread that waits', () => {
  test.each(['ppoll', 'read', 'epoll_pwait', 'clock_nanosleep', 'restart_syscall', 'wait4', 'recvfrom'])(
    'in %s: safe',
    (name) => {
      expect(findOne(calling(name))).toEqual(safe(inLibc));
    },
  );

  test.each(['mmap', 'munmap', 'mprotect', 'brk', 'openat', 'newfstatat', 'clone', 'execve', 'close'])(
    'in %s, which the loader or the allocator may have called: unsafe',
    (name) => {
      // newfstatat is called fstatat on some architectures.
      if (name === 'newfstatat' && process.arch !== 'x64') return;
      expect(findOne(calling(name))).toEqual(unsafe(`one thread is in ${name}()`));
    },
  );

  test('in a read() of the loader: unsafe', () => {
    expect(findOne(calling('read', inLoader))).toEqual(unsafe('one thread is in the dynamic loader'));
  });

  test('in a call that nobody knows: unsafe', () => {
    expect(findOne(`9999 0x0 0x0 0x0 0x0 0x0 0x0 ${stack} ${hex(inLibc)}`)).toEqual(
      unsafe('one thread is in syscall 9999()'),
    );
  });
});

describe('a thread that waits for a lock', () => {
  test.each([
    ['on the heap', 0x55d001000040n],
    ['in the data of the program', 0x55d000100040n],
    ['in the zeroed data of the program', 0x55d000110040n],
    ['on a stack', 0x7ffd00000040n],
    ['in an anonymous mapping', 0x7f0020200040n],
    ['in an arena, allocated there', 0x7f0008020040n],
    ['that is mapped no more', 0x40n],
  ])('%s: safe', (_, address) => {
    expect(findOne(calling('futex', inLibc, address))).toEqual(safe(inLibc));
  });

  test.each([
    ["in libc's data", 0x7f0020100040n],
    ["in libc's zeroed data", 0x7f0020110040n],
    ["in the loader's data", 0x7f0030030040n],
    ['at the head of an arena', 0x7f0008000030n],
    ['at the head of another arena', 0x7f0000000890n],
  ])('%s: unsafe', (_, address) => {
    expect(findOne(calling('futex', inLibc, address))).toEqual(
      unsafe('one thread is waiting for a lock of the allocator or the loader'),
    );
  });
});

describe('a thread that runs', () => {
  test.each([
    ['the program', inPython],
    ['libpython', inLibpython],
    ['a library of the program whose name begins like another', inLibcrypto],
  ])('in %s: safe', (_, pc) => {
    expect(findOne(running(pc))).toEqual(safe(pc));
  });

  test.each([
    [inLibc, 'running in libc.so.6'],
    [inLoader, 'running in ld-linux-x86-64.so.2'],
    [inJemalloc, 'running in libjemalloc.so.2'],
    [generated, 'running generated code'],
    [0x10n, 'running generated code'],
  ])('at %p: %s: unsafe', (pc, why) => {
    expect(findOne(running(pc))).toEqual(unsafe(`one thread is ${why}`));
  });

  test.each([
    'libc-2.31.so',
    'libpthread-2.31.so',
    'libpthread.so.0',
    'libdl.so.2',
    'ld-2.31.so',
    'ld64.so.2',
    'libgcc_s.so.1',
    'libstdc++.so.6.0.30',
    'libtcmalloc_minimal.so.4',
    'libmimalloc.so.2.1',
    'libsleeper.so',
    'memfd:libsleeper.so',
  ])('in %s: unsafe', (name) => {
    const maps = `7f0000001000-7f0000002000 r-xp 00000000 fe:00 7                          ${name.startsWith('memfd') ? '' : '/usr/lib'}/${name}\n`;
    expect(findOne(running(0x7f0000001800n), maps)).toEqual(unsafe(`one thread is running in ${name}`));
  });
});

describe('with musl, where the loader is the library', () => {
  test('who waits is safe, who runs in it is not', () => {
    putThread(pid, running(inLoader));
    expect(find(musl)).toEqual(unsafe('one thread is running in ld-musl-x86_64.so.1'));
    putThread(101, calling('ppoll', inLoader));
    expect(find(musl)).toEqual(safe(inLoader, 101));
  });

  test.each([0x7f0030030040n, 0x7f0030040040n])('its own locks are unsafe: %p', (address) => {
    expect(findOne(calling('futex', inLoader, address), musl)).toMatchObject({ kind: 'unsafe' });
  });
});

describe('of several threads', () => {
  test('the main thread, if it waits', () => {
    putThread(99, calling('ppoll'));
    putThread(pid, calling('read'));
    putThread(101, calling('ppoll'));
    expect(find()).toEqual(safe(inLibc));
  });

  test('else one that waits, before one that runs, even the main one', () => {
    putThread(pid, running(inPython));
    putThread(101, calling('mmap'));
    putThread(102, calling('ppoll'));
    putThread(103, calling('ppoll'));
    expect(find()).toEqual(safe(inLibc, 102));
  });

  test('else one that runs', () => {
    putThread(pid, calling('mmap'));
    putThread(101, running(inLibpython));
    expect(find()).toEqual(safe(inLibpython, 101));
  });

  test('none: what they are doing, each thing once', () => {
    putThread(pid, calling('mmap'));
    putThread(101, running(inLibc));
    putThread(102, calling('mmap'));
    expect(find()).toEqual(unsafe('2 threads are in mmap(), one thread is running in libc.so.6'));
  });

  test('one that has ended, or runs on, is not looked at', () => {
    mkdirSync(join(procRoot, String(pid), 'task', '101'));
    putThread(102, 'running');
    putThread(103, '');
    putThread(104, calling('ppoll'));
    expect(find()).toEqual(safe(inLibc, 104));
  });
});

describe('where an errand may be under way', () => {
  const avoid = { start: inLibcrypto, end: inLibcrypto + 0x100n };
  const onItsWay = unsafe('a thread is still on its way back');

  test.each([
    ['runs there', running(avoid.start)],
    ['calls from there', calling('ppoll', avoid.end - 1n)],
  ])('no thread is taken while one %s', (_, line) => {
    putThread(pid, calling('ppoll'));
    putThread(101, line);
    expect(find(glibc, avoid)).toEqual(onItsWay);
    expect(find(glibc)).toEqual(safe(inLibc));
  });

  test('just before and behind it is elsewhere', () => {
    putThread(pid, running(avoid.start - 1n));
    putThread(101, running(avoid.end));
    expect(find(glibc, avoid)).toEqual(safe(avoid.start - 1n));
  });
});
