import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { exitCodes } from '../../../src/errors.js';
import { findGdb } from '../../../src/gdb/findGdb.js';
import { runSleeper, type CliResult } from '../../support/cli.js';
import { startTarget } from '../../support/target.js';
import { anyPython } from '../../support/pythons.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-head-start-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const realGdb = findGdb('gdb', process.env['PATH']);
const log = join(directory, 'log');
beforeEach(() => {
  rmSync(log, { force: true });
});

/** A gdb that writes down that it was started: its name, and its process id. */
function gdbNamed(name: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\necho ${name} $$ >>'${log}'\nexec '${realGdb}' "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}
gdbNamed('gdb');
const other = gdbNamed('other');

function sleeper(...args: string[]): Promise<CliResult> {
  return runSleeper(args, { env: { PATH: `${directory}:${process.env['PATH'] ?? ''}` } });
}

/** The gdbs that were started, in this order. None of them is there any more. */
function started(): string[] {
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', pid = ''] = line.split(' ');
      expect(existsSync(`/proc/${pid}`)).toBe(false);
      return name;
    });
}

test('gdb is started before the command line is looked at, once, and ends with the command', async () => {
  const target = await startTarget(anyPython().executable, 'blocked.py');
  const pid = String(target.pid);
  try {
    expect(await sleeper('dump', pid)).toMatchObject({ code: 0 });
    expect(started()).toEqual(['gdb']);

    rmSync(log);
    expect(await sleeper('why', pid, '--no-such-option')).toMatchObject({ code: exitCodes.usage });
    expect(started()).toEqual(['gdb']);

    rmSync(log);
    expect(await sleeper('dump', pid, '--gdb', other)).toMatchObject({ code: 0 });
    expect(started().sort()).toEqual(['gdb', 'other']);
  } finally {
    target.kill();
  }
});

test('commands that need no gdb have none started', async () => {
  for (const args of [['ps'], ['dump', '--help'], ['fds', String(process.pid)]]) await sleeper(...args);

  expect(started()).toEqual([]);
});
