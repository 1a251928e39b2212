import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { descendants } from '../../../src/target/descendants.js';

let procRoot: string;
beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
});
afterEach(() => rmSync(procRoot, { recursive: true }));

/** The fields of proc_pid_stat(5) up to the last one that is read. */
function aProcess(pid: number, parent: number, state = 'S', name = 'python3'): void {
  mkdirSync(join(procRoot, String(pid)));
  const rest = Array.from({ length: 48 }, () => '0').join(' ');
  writeFileSync(join(procRoot, `${pid}/stat`), `${pid} (${name}) ${state} ${parent} ${rest}\n`);
}

test('children, their children, and so on; nobody else, and no zombies', () => {
  aProcess(1, 0);
  aProcess(100, 1);
  aProcess(205, 100);
  aProcess(204, 100, 'S', 'a) b (c');
  aProcess(300, 204);
  aProcess(206, 100, 'Z');
  aProcess(400, 1);
  expect(descendants(100, procRoot)).toEqual([204, 205, 300]);
  expect(descendants(300, procRoot)).toEqual([]);
  expect(descendants(999, procRoot)).toEqual([]);
});
