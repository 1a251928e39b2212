import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sourceLinesOf } from '../../../src/usecases/sourceLines.js';
import { aSnapshot } from '../../support/snapshots.js';

const startedAtMs = Date.parse('2025-03-01T11:57:00.000Z');
let procRoot: string;

beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
});

afterEach(() => {
  rmSync(procRoot, { recursive: true });
});

/** The second line of a file that was written so long after the start of the process. */
function secondLine(writtenMs: number): unknown {
  const process = { ...aSnapshot().process, pid: 500, startedAt: new Date(startedAtMs).toISOString() };
  const directory = join(procRoot, '500/root/srv');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'a.py'), 'one\ntwo\n');
  const seconds = (startedAtMs + writtenMs) / 1000;
  utimesSync(join(directory, 'a.py'), seconds, seconds);
  return sourceLinesOf(process, procRoot)('/srv/a.py', 2);
}

test.each([
  ['before the process started', -1000],
  ['in the same hundredth of a second', 15],
])('a file that was written %s is what runs', (_, writtenMs) => {
  expect(secondLine(writtenMs)).toEqual({ kind: 'text', text: 'two' });
});

test('a file that was written later is not', () => {
  expect(secondLine(100)).toEqual({ kind: 'changed' });
});
