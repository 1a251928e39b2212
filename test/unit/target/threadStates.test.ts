import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseThreadPlace, ThreadStates } from '../../../src/target/threadStates.js';

const pid = 77;
let procRoot: string;
let states: ThreadStates;

beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
  mkdirSync(join(procRoot, `${pid}/task`), { recursive: true });
  states = new ThreadStates(pid, procRoot);
});

afterEach(() => {
  states.close();
  rmSync(procRoot, { recursive: true });
});

const taskDirectory = (tid: number): string => join(procRoot, `${pid}/task/${tid}`);

function aThread(tid: number, syscall: string): void {
  mkdirSync(taskDirectory(tid), { recursive: true });
  writeFileSync(join(taskDirectory(tid), 'syscall'), syscall);
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

const futex = '202 0x7f12a0 0x189 0x0 0x7ffd10 0x0 0xffffffff 0x7ffc00 0x7fabc0\n';
const read = '0 0x0 0x55d0 0x1 0x0 0x0 0x0 0x7ffc00 0x7fabc0\n';

const at = { mayEndAtStop: false, stackPointer: 0x7ffc00, programCounter: 0x7fabc0 };
const nowhere = { mayEndAtStop: false, stackPointer: 0, programCounter: 0 };

test.each([
  ['running\n', 'x64', { kind: 'running' }],
  [futex, 'x64', { kind: 'waiting', futex: 0x7f12a0n, ...at }],
  [futex, 'arm64', { kind: 'waiting', futex: null, ...at }],
  [
    '98 0xffff00 0x80 0x0 0x0 0x0 0x0 0x7ffc00 0x7fabc0\n',
    'arm64',
    { kind: 'waiting', futex: 0xffff00n, ...at },
  ],
  [read, 'x64', { kind: 'waiting', futex: null, ...at }],
  // Outside of a system call: a page fault, a stop.
  ['-1 0x7ffc00 0x7fabc0\n', 'x64', { kind: 'waiting', futex: null, ...at }],
  ['202\n', 'x64', { kind: 'waiting', futex: null, ...nowhere }],
  ['202 garbage\n', 'x64', { kind: 'waiting', futex: null, ...nowhere }],
])('%j on %s', (text, architecture, expected) => {
  expect(parseThreadPlace(text, architecture)).toEqual(expected);
});

test('each thread, again and again', () => {
  aThread(77, 'running\n');
  aThread(78, read);
  expect(states.tids()).toEqual([77, 78]);
  expect([77, 78].map((tid) => states.read(tid)?.kind)).toEqual(['running', 'waiting']);
  aThread(77, read);
  aThread(78, 'running\n');
  expect([77, 78].map((tid) => states.read(tid)?.kind)).toEqual(['waiting', 'running']);
});

test('a thread that has ended is none; one that comes later is one', () => {
  aThread(77, 'running\n');
  expect(states.read(78)).toBeNull();
  aThread(78, 'running\n');
  expect(states.read(78)).toEqual({ kind: 'running' });
  expect(states.read(79)).toBeNull();
});

test('what the kernel no longer says (an empty file) is none', () => {
  aThread(77, '');
  expect(states.read(77)).toBeNull();
});

test('a process that has ended has no threads', () => {
  rmSync(join(procRoot, String(pid)), { recursive: true });
  expect(states.tids()).toBeNull();
  expect(states.read(77)).toBeNull();
});

test('files are kept open, up to a number, and all are closed in the end', () => {
  const before = openFiles();
  for (let tid = 100; tid < 800; tid++) {
    aThread(tid, 'running\n');
    expect(states.read(tid)).toEqual({ kind: 'running' });
  }
  expect(openFiles() - before).toBe(512);
  // The others are read all the same, every time.
  expect(states.read(799)).toEqual({ kind: 'running' });
  expect(openFiles() - before).toBe(512);
  states.close();
  expect(openFiles()).toBe(before);
});
