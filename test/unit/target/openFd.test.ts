import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeFds, readFdTable } from '../../../src/target/fileDescriptors.js';

const pid = 500;
let procRoot: string;

beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
});

afterEach(() => {
  rmSync(procRoot, { recursive: true });
});

function writeStat(directory: string, tid: number, state: string): void {
  mkdirSync(join(procRoot, directory), { recursive: true });
  writeFileSync(
    join(procRoot, directory, 'stat'),
    `${String(tid)} (python3) ${state} 77 500 500 0 -1 0${' 0'.repeat(43)}\n`,
  );
}

function writeFd(directory: string, fd: number, target: string | null, flags = '02'): void {
  for (const name of ['fd', 'fdinfo']) mkdirSync(join(procRoot, directory, name), { recursive: true });
  writeFileSync(join(procRoot, directory, `fdinfo/${String(fd)}`), `pos:\t0\nflags:\t${flags}\n`);
  const path = join(procRoot, directory, `fd/${String(fd)}`);
  // What is no link cannot be read as one.
  if (target === null) writeFileSync(path, '');
  else symlinkSync(target, path);
}

test('what cannot be read is listed, with a warning', () => {
  writeStat('500', pid, 'S');
  writeFd('500', 4, 'anon_inode:[eventfd]');
  writeFd('500', 5, null);
  const { fds, warnings } = describeFds(readFdTable(pid, { procRoot }), { scan: null });
  expect(fds).toMatchObject([
    { fd: 4, kind: 'eventfd' },
    { fd: 5, kind: 'unreadable', error: 'EINVAL' },
  ]);
  expect(warnings).toEqual([{ where: 'fds', message: 'file descriptors that cannot be read: 1 (EINVAL)' }]);
});

test('nothing is said when all was read', () => {
  writeStat('500', pid, 'S');
  writeFd('500', 4, 'anon_inode:[eventfd]');
  expect(describeFds(readFdTable(pid, { procRoot }), { scan: null }).warnings).toEqual([]);
});

test('a process that has ended has no open files, but that is not what was asked', () => {
  writeStat('500', pid, 'Z');
  mkdirSync(join(procRoot, '500/fd'));
  expect(() => readFdTable(pid, { procRoot })).toThrow('a zombie');
});

test('only the main thread has ended: the others have the files', () => {
  writeStat('500', pid, 'Z');
  mkdirSync(join(procRoot, '500/fd'));
  writeStat('500/task/500', pid, 'Z');
  writeStat('500/task/501', 501, 'S');
  writeFd('500/task/501', 3, 'pipe:[77]');
  writeFd('500/task/501', 4, 'pipe:[77]');
  const { fds } = describeFds(readFdTable(pid, { procRoot }));
  expect(fds).toMatchObject([
    { fd: 3, kind: 'pipe', others: [{ pid, fd: 4 }] },
    { fd: 4, kind: 'pipe', others: [{ pid, fd: 3 }] },
  ]);
});

test.each([
  ['both ends of a pipe: nothing is missing, and nothing looked for longer', '02', ['only 0 of 2 processes']],
  ['one end of a pipe: the other is looked for as long as it is missing', '00', []],
])('%s', (_, flags, expected) => {
  writeStat('500', pid, 'S');
  writeStat('501', 501, 'S');
  mkdirSync(join(procRoot, '501/fd'));
  writeFd('500', 3, 'pipe:[77]', flags);
  const { warnings } = describeFds(readFdTable(pid, { procRoot }), {
    scan: { orderMs: 60_000, enoughMs: -1, ms: 60_000 },
  });
  expect(warnings.map(({ message }) => /only .* processes/.exec(message)?.[0])).toEqual(expected);
});
