import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sourceLinesOf } from '../../../src/usecases/sourceLines.js';
import { aSnapshot } from '../../support/snapshots.js';

let procRoot: string;

beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
});

afterEach(() => {
  rmSync(procRoot, { recursive: true });
});

/** A process that started so long after now, which is what the kernel says of when a file of this test was changed. */
function started(afterMs: number, workingDirectory = '/srv') {
  const startedAt = new Date(Date.now() + afterMs).toISOString();
  return { ...aSnapshot().process, pid: 500, workingDirectory, startedAt };
}

/** Writes a file as the process sees it, which was so old when that started. */
function write(path: string, text: string, { startedAt }: { startedAt: string }, ageMs = 1000): void {
  const file = join(procRoot, '500/root', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const seconds = (Date.parse(startedAt) - ageMs) / 1000;
  utimesSync(file, seconds, seconds);
}

test.each([
  ['before the process started', 1000],
  ['in the same hundredth of a second', -15],
])('a file that was written %s is what runs', (_, ageMs) => {
  const process = started(60_000);
  write('/srv/a.py', 'one\ntwo\n', process, ageMs);
  expect(sourceLinesOf(process, procRoot)('/srv/a.py', 2)).toEqual({
    kind: 'text',
    text: 'two',
    touched: false,
  });
});

test('a file that was written later is not', () => {
  const process = started(-60_000);
  write('/srv/a.py', 'one\ntwo\n', process, -100);
  expect(sourceLinesOf(process, procRoot)('/srv/a.py', 2)).toEqual({ kind: 'changed' });
});

test('nor may one be that claims to be old, as after an upgrade', () => {
  const process = started(-60_000);
  write('/srv/a.py', 'one\ntwo\n', process);
  expect(sourceLinesOf(process, procRoot)('/srv/a.py', 2)).toEqual({
    kind: 'text',
    text: 'two',
    touched: true,
  });
});

describe('a relative name', () => {
  const process = started(60_000, '/now');
  /** In these directories there is such a file; each says which it is. */
  function lineWith(directories: readonly string[], environment: string): string | undefined {
    for (const directory of directories) write(`${directory}/a.py`, directory, process);
    writeFileSync(join(procRoot, '500/environ'), environment);
    const line = sourceLinesOf(process, procRoot)('a.py', 1);
    return line?.kind === 'text' ? line.text : line?.kind;
  }

  test.each([
    ['where the process is', ['/now'], 'A=1\0PWD=/then\0B=2\0', '/now'],
    ['where it was started', ['/then'], 'PWD=/then\0', '/then'],
    ['where it is, for it does not say where it was', ['/now'], 'OLDPWD=/then\0', '/now'],
    ['in neither', [], 'PWD=/then\0', undefined],
    ['in both: which of them runs is not known', ['/now', '/then'], 'PWD=/then\0', undefined],
  ])('%s', (_, directories, environment, expected) => {
    mkdirSync(join(procRoot, '500'));
    expect(lineWith(directories, environment)).toBe(expected);
  });
});
