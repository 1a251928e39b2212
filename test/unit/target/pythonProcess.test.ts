import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { formatHexVersion, pythonProcess, versionInText } from '../../../src/target/pythonProcess.js';

let procRoot: string;
let lastPid = 0;

beforeAll(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
});

afterAll(() => {
  rmSync(procRoot, { recursive: true });
});

/** A process whose links may be read (executable) or not (only its command line). */
function process(
  executable: string | null,
  library = '',
  commandLine = '',
): ReturnType<typeof pythonProcess> {
  const pid = ++lastPid;
  const own = join(procRoot, String(pid));
  mkdirSync(own);
  if (executable !== null) symlinkSync(executable, join(own, 'exe'));
  const line = library === '' ? '' : `7f0000000000-7f0000001000 r--p 00000000 fe:00 5    ${library}\n`;
  if (executable !== null) writeFileSync(join(own, 'maps'), line);
  writeFileSync(join(own, 'cmdline'), commandLine);
  return pythonProcess(pid, { procRoot });
}

test.each([
  ['/usr/bin/python3.11', '', 'CPython', '3.11', false],
  ['/usr/bin/python3.11 (deleted)', '', 'CPython', '3.11', false],
  ['/usr/bin/python3.13t', '', 'CPython', '3.13', false],
  ['/usr/bin/python3.12-dbg', '', 'CPython', '3.12', false],
  ['/opt/bin/python', '/opt/lib/libpython3.10.so.1.0', 'CPython', '3.10', false],
  ['/opt/bin/python3', '/opt/lib/libpython3.6m.so.1.0', 'CPython', '3.6', false],
  ['/usr/sbin/uwsgi', '/usr/lib/libpython3.11.so.1.0', 'CPython', '3.11', true],
  ['/opt/pypy/bin/pypy3.10', '/opt/pypy/lib/libpypy3.10-c.so', 'PyPy', '3.10', false],
  ['/opt/pypy/bin/python3', '/opt/pypy/lib/libpypy3-c.so', 'PyPy', null, true],
  ['/opt/graalpy/bin/graalpy', '', 'GraalPy', null, false],
])('%s with %j is %s %s', (executable, library, implementation, version, embedded) => {
  expect(process(executable, library)).toEqual({ implementation, version, embedded });
});

test.each(['/usr/bin/bash', '/usr/bin/python3.11-config', '/usr/bin/pythonic/tool', '/opt/cpython'])(
  '%s is not',
  (executable) => {
    expect(process(executable)).toBeNull();
  },
);

test('of a process whose links may not be read, the name it was called by', () => {
  expect(process(null, '', 'python3.9\0app.py\0')).toMatchObject({
    implementation: 'CPython',
    version: '3.9',
  });
  expect(process(null, '', 'sh\0-c\0python3\0')).toBeNull();
  expect(process(null)).toBeNull();
});

test('versions as numbers', () => {
  expect([0x030b07f0, 0x030f00b1, 0x020712f0, 0x030e00c2, 0x030d00a4].map(formatHexVersion)).toEqual([
    '3.11.7',
    '3.15.0b1',
    '2.7.18',
    '3.14.0rc2',
    '3.13.0a4',
  ]);
});

test('versions in text', () => {
  expect(versionInText('junk\x003.40.1\x00x lib/python3.8\x003.8.18\x00')).toBe('3.8.18');
  expect(versionInText('lib/python3.9/lib-dynload\x003.9.0b3+\x00')).toBe('3.9.0b3');
  expect(versionInText('lib/python3.9\x003.95.1\x0013.9.1\x00')).toBe('3.9');
  expect(versionInText('/opt/versions/2.7.18\x00', '2.7')).toBe('2.7.18');
  expect(versionInText('2.7.18')).toBeNull();
});
