import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { runSleeper } from '../../support/cli.js';
import { anyPython } from '../../support/pythons.js';
import { sleeper, startTarget, statusOf, type Target } from '../../support/target.js';
import { until } from '../../support/until.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-family-'));
afterAll(() => rmSync(directory, { recursive: true }));

let target: Target | undefined;
let children: number[] = [];
afterEach(() => {
  target?.kill();
  for (const child of children) {
    try {
      process.kill(child, 'SIGKILL');
    } catch {
      // It has ended, as it should have.
    }
  }
});

test.each([true, false])(
  'the processes below it are in one recording (with the agent: %s)',
  async (agent) => {
    target = await startTarget(anyPython().executable, 'family.py', [], { bare: !agent });
    children = target.ready.split(' ').map(Number);
    const output = join(directory, `family-${agent}.folded`);
    const { code, err } = await runSleeper(
      ['record', '-p', String(target.pid), '-s', '-d', '4', '--max-pause-share', '50', '-o', output],
      {},
    );
    expect({ code, err }).toMatchObject({ code: 0 });
    const lines = readFileSync(output, 'utf8').trim().split('\n');
    const seenIn = (pid: number): string =>
      lines.filter((line) => line.startsWith(`process (${pid});`)).join('\n');
    const [first = 0, second = 0] = children;
    expect(seenIn(first)).toContain('first_child');
    expect(seenIn(first)).not.toContain('second_child');
    expect(seenIn(second)).toContain('second_child');
    expect(seenIn(second)).not.toContain('first_child');
    expect(seenIn(target.pid)).toContain('<module>');
    for (const pid of [target.pid, ...children]) expect(statusOf(pid).tracerPid).toBe(0);
    expect(await target.end()).toBe(0);
    // Ended by the SIGTERM of their parent, and by nothing else.
    expect(await target.output).toBe('statuses: [15, 15]\n');
  },
);

test('a child that is forked off while its parent is recorded is recorded too', async () => {
  target = await startTarget(anyPython().executable, 'family.py');
  children = target.ready.split(' ').map(Number);
  const path = join(directory, 'late.sleeper');
  const args = ['record', '-p', String(target.pid), '-s', '-r', '20', '--max-pause-share', '50', '-o', path];
  const recording = spawn(sleeper, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  recording.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const recorded = (name: string): boolean => existsSync(path) && readFileSync(path, 'utf8').includes(name);
  await until(() => recorded('first_child'));
  // The memory of the recording is not the child's, though it has its address.
  target.child.stdin?.write('one more\n');
  await until(() => recorded('late_child'));
  recording.kill('SIGINT');
  expect((await once(recording, 'close'))[0]).toBe(0);
  expect(err).not.toContain('was not recorded');
  expect(await target.end()).toBe(0);
  expect(await target.output).toMatch(/^\d+\nstatuses: \[15, 15, 15\]\n$/);
});
