import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { runSleeper } from '../support/cli.js';
import { findPythons } from '../support/pythons.js';
import { startTarget, type Target } from '../support/target.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-evil-'));
let target: Target | undefined;
afterEach(() => target?.kill());
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** What a terminal would obey: C0 but for tabs and ends of lines, DEL, C1, and what turns text around. */
const obeyed = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/u;

const pythons = findPythons().filter(({ short }) => short >= 0x0308);
const newest = pythons.at(-1);

const looks = [
  ['dump'],
  ['dump', '--fds', '--globals'],
  ['dump', '--live'],
  ['dump', '--native'],
  ['dump', '--tree'],
  ['dump', '--json'],
  ['why'],
  ['why', '--tree'],
  ['fds'],
  ['doctor'],
  ['inject', '--status'],
].map(([command = '', ...options]) => [command, 'PID', ...options]);
const verbs = ['threads', 'thread 2', 'bt', 'up', 'locals', 'args', 'list', 'globals', 'fds', 'modules'];
const others = [['ps'], ['repl', 'PID', ...verbs.flatMap((verb) => ['-c', verb])]];

describe.each(pythons)('$label', ({ executable, label }) => {
  test('no output has in it what a terminal would obey', async () => {
    target = await startTarget(executable, 'evil.py');
    const pid = String(target.pid);
    // What depends on the version is how names are read; what prints them is the same.
    for (const look of label === newest?.label ? [...looks, ...others] : looks.slice(1, 3)) {
      const args = look.map((word) => (word === 'PID' ? pid : word));
      const { code, out, err } = await runSleeper(args);
      expect({ args, code, obeyed: obeyed.exec(out + err) }).toEqual({ args, code: 0, obeyed: null });
      if (['dump', 'repl'].includes(args[0] ?? '')) expect(out).toContain('owned');
    }
    expect(await target.end()).toBe(0);
  });
});

describe('recordings', () => {
  test('have in no format what a terminal or a browser would obey', async () => {
    target = await startTarget(newest?.executable ?? '', 'evil.py');
    const file = join(directory, 'one.sleeper');
    const recorded = await runSleeper(['record', '-p', String(target.pid), '-d', '1', '-o', file]);
    expect(recorded.code).toBe(0);
    expect(recorded.out + recorded.err).not.toMatch(obeyed);
    for (const format of ['text', 'flamegraph', 'html', 'speedscope', 'folded', 'chrometrace', 'json']) {
      const to = join(directory, `out.${format}`);
      const { code } = await runSleeper(['report', file, '-f', format, '-o', to]);
      const text = readFileSync(to, 'utf8');
      expect({ format, code, obeyed: obeyed.exec(text) }).toEqual({ format, code: 0, obeyed: null });
      // The page has its recording in a compressed form.
      if (format !== 'html') expect(text).toContain('owned');
      if (format === 'flamegraph' || format === 'html') expect(text).not.toContain('<script>owned');
    }
  });

  test('names of ten million characters cost little', async () => {
    target = await startTarget(newest?.executable ?? '', 'evil.py', ['long']);
    const pid = String(target.pid);
    const { code, out } = await runSleeper(['dump', pid]);
    expect(code).toBe(0);
    expect(out.length).toBeLessThan(100_000);
    const to = join(directory, 'long.svg');
    expect((await runSleeper(['record', '-p', pid, '-d', '1', '-o', to])).code).toBe(0);
    expect(readFileSync(to).length).toBeLessThan(1_000_000);
    expect(await target.end()).toBe(0);
  });
});
