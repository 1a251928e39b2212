import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findPythons } from '../support/pythons.js';
import { sleeper } from '../support/target.js';

/** Forks a child, starts one, and prints the ids of all three. */
const family = `
import os, subprocess, sys
child = os.fork()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
started = subprocess.Popen([sys.executable, '-c', ''])
started.wait()
print(os.getpid(), child, started.pid)
`;

const directory = mkdtempSync(join(tmpdir(), 'sleeper-allow-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Which processes made the call, by strace, sorted; and the ids of the family. */
function allowing(
  python: string,
  options: string[],
  env = process.env,
): { calls: number[]; family: number[] } {
  const trace = join(directory, 'trace');
  const args = [
    '-f',
    '-e',
    'trace=prctl',
    '-o',
    trace,
    sleeper,
    'run',
    ...options,
    '--',
    python,
    '-c',
    family,
  ];
  const out = execFileSync('strace', args, { encoding: 'utf8', env });
  const calls = [
    ...readFileSync(trace, 'utf8').matchAll(/^(\d+) +prctl\(PR_SET_PTRACER, PR_SET_PTRACER_ANY/gm),
  ];
  const numbers = (texts: readonly string[]): number[] =>
    [...new Set(texts.map(Number))].sort((a, b) => a - b);
  // A child that is forked to start a program makes the call twice.
  return { calls: numbers(calls.map(([, pid = '']) => pid)), family: numbers(out.match(/\d+/g) ?? []) };
}

const strace = spawnSync('strace', ['--version']).status === 0;

// This asks whether the call is made, not what the kernel makes of it: that takes one with Yama.
(strace ? describe : describe.skip)('sleeper run --allow-attach (with strace)', () => {
  const pythons = findPythons().filter(({ short }) => [0x0207, 0x0306, 0x030b, 0x030f].includes(short));

  test.each(pythons.map(({ label, executable }) => [label, executable] as const))(
    '%s, a child that it forks and one that it starts may be traced by their user',
    (_, executable) => {
      const { calls, family } = allowing(executable, ['--allow-attach']);
      expect(family).toHaveLength(3);
      expect(calls).toEqual(family);
    },
  );

  const [python] = pythons;
  beforeAll(() => expect(python).toBeDefined());

  test('not unless asked for', () => {
    expect(allowing(python!.executable, []).calls).toEqual([]);
    const env = { ...process.env, SLEEPER_ALLOW_ATTACH: '0' };
    expect(allowing(python!.executable, [], env).calls).toEqual([]);
  });
});
