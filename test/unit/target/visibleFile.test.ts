import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { visibleToProcess } from '../../../src/target/visibleFile.js';

const pid = 100;

/** The file as this process names it: an absolute path. */
let file: string;
let directory: string;
let procRoot: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sleeper-visible-'));
  chmodSync(directory, 0o755);
  procRoot = join(directory, 'proc');
  mkdirSync(join(procRoot, String(pid)), { recursive: true });
  mkdirSync(join(directory, 'srv'));
  file = join(directory, 'srv', 'libsleeper.so');
  writeFileSync(file, 'ours', { mode: 0o644 });
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The ids are the file system's; the others do not matter. */
function putProcess(root: string, uid: number, gid: number): void {
  symlinkSync(root, join(procRoot, String(pid), 'root'));
  writeFileSync(
    join(procRoot, String(pid), 'status'),
    `Name:\tpython3\nUid:\t1\t2\t3\t${String(uid)}\nGid:\t4\t5\t6\t${String(gid)}\n`,
  );
}

/** A user and a group that nothing belongs to. */
const stranger = [54321, 54322] as const;
const visible = (): boolean => visibleToProcess(pid, file, procRoot);

describe('the root directory of the process', () => {
  test('is ours', () => {
    putProcess('/', ...stranger);
    expect(visible()).toBe(true);
  });

  /** Another root, in which something is under the path of the file. */
  function otherRoot(put: (path: string) => void): void {
    const root = join(directory, 'root');
    mkdirSync(dirname(root + file), { recursive: true });
    put(root + file);
    putProcess(root, ...stranger);
  }

  test('has another file under this path', () => {
    otherRoot((path) => writeFileSync(path, 'ours'));
    expect(visible()).toBe(false);
  });

  test('has no file there', () => {
    otherRoot(() => undefined);
    expect(visible()).toBe(false);
  });

  test('has the same file there', () => {
    otherRoot((path) => linkSync(file, path));
    expect(visible()).toBe(true);
  });
});

test('the process or the file is not there', () => {
  expect(visible()).toBe(false);
  putProcess('/', ...stranger);
  rmSync(file);
  expect(visible()).toBe(false);
});

describe('the process may open the file', () => {
  const owner = process.getuid?.() ?? 0;
  const group = process.getgid?.() ?? 0;

  test.each([
    ['another user', 0o604, 0o701, ...stranger, true],
    ['another user, not the file', 0o640, 0o755, ...stranger, false],
    ['another user, not the directory', 0o644, 0o750, ...stranger, false],
    ['another user, a directory that can be listed only', 0o644, 0o754, ...stranger, false],
    ['another user of its group', 0o640, 0o710, stranger[0], group, true],
    ['another user of its group, whom others are put before', 0o604, 0o705, stranger[0], group, false],
    ['root', 0o000, 0o000, 0, 0, true],
  ] as const)('%s', (_, mode, directoryMode, uid, gid, expected) => {
    putProcess('/', uid, gid);
    chmodSync(file, mode);
    chmodSync(dirname(file), directoryMode);
    // Only root looks through a directory that nobody may enter.
    if (directoryMode === 0 && owner !== 0) chmodSync(dirname(file), 0o700);
    expect(visible()).toBe(expected);
  });

  test.each([
    [0o400, 0o100, true],
    [0o044, 0o011, false],
    [0o444, 0o011, false],
  ])('its owner: a file with mode %p in a directory with mode %p', (mode, directoryMode, expected) => {
    // Root may do everything, whatever the mode: what is root's is given to another.
    const uid = owner === 0 ? stranger[0] : owner;
    putProcess('/', uid, stranger[1]);
    chmodSync(file, mode);
    for (const path of owner === 0 ? [file, dirname(file)] : []) chownSync(path, uid, group);
    chmodSync(dirname(file), directoryMode);
    expect(visible()).toBe(expected);
    chmodSync(dirname(file), 0o700);
  });
});

test('every directory above it counts', () => {
  putProcess('/', ...stranger);
  expect(visible()).toBe(true);
  chmodSync(directory, 0o700);
  expect(visible()).toBe(false);
});
