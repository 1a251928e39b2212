import { afterEach, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { anyPython } from '../../support/pythons.js';
import { startTarget, statusOf, type Target } from '../../support/target.js';
import { buildStub, findGdbs, startStubTarget } from './stubTarget.js';

const script = fileURLToPath(new URL('../../../gdb-scripts/sleeper.gdb', import.meta.url));

test.each(findGdbs())('%s: a person with a plain gdb', async (gdb) => {
  const build = buildStub();
  const target = await startStubTarget(build);
  const commands = ['sleeper-bt', 'sleeper-dump', 'sleeper-request 3 0', 'sleeper-request 101 0', 'detach'];
  const { stdout } = await promisify(execFile)(gdb, [
    '-nx',
    '-batch',
    ...['-iex', 'set auto-load off', '-p', String(target.pid), '-x', script],
    ...commands.flatMap((command) => ['-ex', command]),
  ]);
  expect(stdout.match(/^\{"begun":true,"done":true\}$/gm)).toHaveLength(2);
  expect(stdout).toMatch(/^\{"begun":true\n\(broken off at 0x[0-9a-f]+\)$/m);
  expect(stdout).toContain('libsleeper.so refused: it was asked to refuse');
  expect(statusOf(target.pid).tracerPid).toBe(0);
  await target.assertWell();
  await target.end();
  build.remove();
});

let inspected: Target | undefined;
afterEach(() => inspected?.kill());

test.each(findGdbs())(
  '%s: a person looks at a Python that is parked in a system call, twice',
  async (gdb) => {
    const target = await startTarget(anyPython().executable, 'oracle.py');
    inspected = target;
    const { stdout } = await promisify(execFile)(
      gdb,
      [
        '-nx',
        '-batch',
        ...['-iex', 'set auto-load off', '-p', String(target.pid), '-x', script],
        ...['sleeper-bt', 'sleeper-dump', 'sleeper-bt', 'detach'].flatMap((command) => ['-ex', command]),
      ],
      { maxBuffer: 1 << 26 },
    );
    expect(
      stdout.match(/^Thread \d+ "Closure", innermost frame first:\n {2}File .*, in stand$/gm),
    ).toHaveLength(2);
    expect(stdout).toContain('{"agent":{"version":');
    expect(statusOf(target.pid).tracerPid).toBe(0);
    expect(await target.end()).toBe(0);
    expect(await target.output).toBe('right at the end\n');
  },
);
