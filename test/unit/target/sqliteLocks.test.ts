import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { FileDescriptor } from '../../../src/model/fileDescriptor.js';
import { lockedDatabases } from '../../../src/target/sqliteLocks.js';

let procRoot: string;
beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
});
afterEach(() => {
  rmSync(procRoot, { recursive: true });
});

const file = (fd: number, path: string, inode: number): FileDescriptor => ({
  ...{ kind: 'file', fd, target: path, flags: ['O_RDWR'], closeOnExec: true, blockedThreads: [] },
  ...{ path, deleted: false, offset: 0, size: 8192, inode },
});
const fds = [file(3, '/srv/a.db', 11), file(4, '/srv/b.db', 12), file(5, '/srv/b.db-shm', 13)];

function locked(...lines: string[]): ReturnType<typeof lockedDatabases> {
  writeFileSync(join(procRoot, 'locks'), lines.map((line, index) => `${index + 1}: ${line}\n`).join(''));
  return lockedDatabases(100, fds, procRoot);
}

test('by others, who write or read', () => {
  expect(locked('POSIX  ADVISORY  WRITE 200 fe:01:11 1073741824 1073742335')).toEqual([
    { path: '/srv/a.db', holders: [200] },
  ]);
  expect(
    locked(
      'POSIX  ADVISORY  READ  200 fe:01:11 1073741826 1073742335',
      'POSIX  ADVISORY  WRITE 100 fe:01:11 1073741825 1073741825',
    ),
  ).toEqual([{ path: '/srv/a.db', holders: [200] }]);
});

test('by itself, if it writes and nobody else does', () => {
  expect(locked('POSIX  ADVISORY  WRITE 100 fe:01:11 1073741825 1073741825')).toEqual([
    { path: '/srv/a.db', holders: [100] },
  ]);
  expect(locked('POSIX  ADVISORY  READ  100 fe:01:11 1073741826 1073742335')).toEqual([]);
});

test('a write-ahead log, by the lock of its writer', () => {
  expect(locked('POSIX  ADVISORY  WRITE 200 fe:01:13 120 120')).toEqual([
    { path: '/srv/b.db', holders: [200] },
  ]);
  expect(locked('POSIX  ADVISORY  READ  200 fe:01:13 124 124')).toEqual([]);
});

test('not by locks of others than SQLite, nor by those who wait', () => {
  expect(
    locked(
      'FLOCK  ADVISORY  WRITE 200 fe:01:11 0 EOF',
      'POSIX  ADVISORY  WRITE 200 fe:01:11 0 EOF',
      '-> POSIX  ADVISORY  WRITE 200 fe:01:11 1073741824 1073742335',
      'OFDLCK ADVISORY  WRITE -1 fe:01:11 1073741824 1073742335',
    ),
  ).toEqual([]);
});
