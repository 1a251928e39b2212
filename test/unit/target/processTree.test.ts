import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { descendants, ProcessTable } from '../../../src/target/processTree.js';

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

describe('a tree', () => {
  const shown = (pids: number[]): string[] =>
    new ProcessTable(procRoot).arranged(pids).map(({ pid, depth }) => `${'-'.repeat(depth)}${pid}`);
  beforeEach(() => {
    aProcess(1, 0);
    aProcess(100, 1);
    aProcess(205, 100);
    aProcess(204, 100);
    aProcess(300, 204, 'Z');
    aProcess(90, 205);
  });

  test('has each process in front of those below it, and zombies', () => {
    const table = new ProcessTable(procRoot);
    expect(table.below([100])).toEqual([90, 204, 205, 300]);
    expect(shown([100, ...table.below([100])])).toEqual(['100', '-204', '--300', '-205', '--90']);
  });

  test('of some processes only hangs each below the nearest of them', () => {
    expect(shown([90, 100, 204, 100])).toEqual(['100', '-90', '-204']);
    expect(shown([300, 205])).toEqual(['205', '300']);
  });

  test('has the name, the arguments and the parent; a process that is not there has none', () => {
    writeFileSync(join(procRoot, '204/cmdline'), 'python3\0-m\0app\0');
    expect(new ProcessTable(procRoot).arranged([204, 999])).toEqual([
      { pid: 204, parentPid: 100, depth: 0, command: 'python3', argv: ['python3', '-m', 'app'] },
      { pid: 999, parentPid: null, depth: 0, command: '', argv: [] },
    ]);
  });

  test('ends where ids that were given anew lead in a circle', () => {
    aProcess(500, 501);
    aProcess(501, 500);
    const table = new ProcessTable(procRoot);
    expect(table.below([500])).toEqual([500, 501]);
    expect(shown([500])).toEqual(['500']);
    expect(descendants(500, procRoot)).toEqual([501]);
  });
});
