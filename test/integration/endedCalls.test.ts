import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { runSleeper } from '../support/cli.js';
import { findPythons } from '../support/pythons.js';
import { standstill } from '../support/standstill.js';
import { startTarget, type Target } from '../support/target.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-ended-'));
afterAll(() => rmSync(directory, { recursive: true }));

let target: Target | undefined;
afterEach(() => target?.kill());

const some = findPythons().filter(({ label }) => /^(pyenv-2|pyenv-3\.11|sid-3\.15)/.test(label));

(process.arch === 'x64' ? test : test.skip).each(some)(
  'system calls that a stop ends begin again, on $label',
  async ({ executable }) => {
    target = await startTarget(executable, 'ended.py', [], { bare: true });
    const pid = String(target.pid);
    await standstill(target.pid);
    for (const args of [
      ['dump', '--yes', '--fds', pid],
      ['why', pid],
      ['record', '-p', pid, '-r', '20', '-d', '1', '-o', join(directory, 'recording')],
      ['repl', pid, '-c', 'bt', '-c', 'p 1 + 1', '-c', 'pause', '-c', 'resume'],
    ]) {
      const { code, err } = await runSleeper(args);
      expect({ args, code, err }).toMatchObject({ args, code: 0 });
    }
    expect(await target.end()).toBe(0);
    expect((await target.output).split('\n')).toEqual([
      '[]',
      "[('epoll of Python', 1), ('epoll_wait', 1), ('semop', 0), ('sigwaitinfo', 10)]",
      '',
    ]);
  },
);

// The signal that stops a process for a sample wakes one thread, but a busy one may take it.
(process.arch === 'x64' ? test : test.skip).each(some.slice(0, 2))(
  'one that the signal for a sample has woken begins again, too, on $label',
  async ({ executable }) => {
    target = await startTarget(executable, 'ended_busy.py');
    const file = join(directory, 'busy');
    const { code, err } = await runSleeper([
      ...['record', '-p', String(target.pid), '-r', '200', '-d', '5', '-o', file],
      ...['--max-pause-share', '90%', '--format', 'text'],
    ]);
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(await target.end()).toBe(0);
    expect(await target.output).toBe('1\n');
  },
);
