import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runSleeper } from '../../support/cli.js';
import { sleeper } from '../../support/target.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-run-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('sleeper run', () => {
  test('is transparent in arguments, input, output and exit code', async () => {
    const script = 'cat; echo "[$1] [$2]"; echo oops >&2; exit 42';
    const { code, out, err } = await runSleeper(['run', '--', 'sh', '-c', script, 'sh', 'a b', '*'], {
      input: 'in\n',
    });
    expect({ code, out, err }).toEqual({ code: 42, out: 'in\n[a b] [*]\n', err: 'oops\n' });
  });

  test('becomes the command: the same process id, and its signals', async () => {
    const child = spawn(sleeper, ['run', 'sh', '-c', 'echo $$; exec cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    expect(Number(first.toString())).toBe(child.pid);
    child.kill('SIGUSR1');
    expect(await once(child, 'exit')).toEqual([null, 'SIGUSR1']);
  });

  test('puts the agent in front of what is preloaded already, once', async () => {
    const agent = (await runSleeper(['run', '--print-agent'])).out.trim();
    expect(agent).toMatch(/^\/.*\/libsleeper\.so$/);
    // The command's own loader complains of a library that it cannot find, and goes on.
    const show = ['run', 'sh', '-c', 'echo "$LD_PRELOAD"'];
    const other = await runSleeper(show, { env: { LD_PRELOAD: '/nowhere/libother.so' } });
    expect(other.out).toBe(`${agent}:/nowhere/libother.so\n`);
    const nested = await runSleeper(['run', sleeper, ...show]);
    expect(nested.out).toBe(`${agent}\n`);
  });

  test('works through a symbolic link, and from another directory', async () => {
    const link = join(directory, 'sleeper-link');
    symlinkSync(sleeper, link);
    const { code, out } = await runSleeper(['run', '--', 'pwd'], { program: link, cwd: directory });
    expect({ code, out }).toEqual({ code: 0, out: `${directory}\n` });
    expect((await runSleeper(['--version'], { program: link, cwd: '/' })).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    [[], 2, 'needs a command'],
    [['--'], 2, 'needs a command'],
    [['--bogus', 'x'], 2, 'has no option --bogus'],
    [['no-such-command-here'], 127, 'There is no command no-such-command-here'],
    [['/no/such/file'], 127, 'There is no file /no/such/file'],
  ])('run %j ends with %d', async (args, expected, message) => {
    const { code, out, err } = await runSleeper(['run', ...args]);
    expect({ code, out }).toEqual({ code: expected, out: '' });
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(2);
  });

  test('a file that is no program ends with 126', async () => {
    const file = join(directory, 'plain');
    writeFileSync(file, '');
    expect((await runSleeper(['run', file])).code).toBe(126);
  });

  test.each([[['run', '--help']], [['run', '-h']], [['help', 'run']]])(
    '%j shows the help with examples',
    async (args) => {
      const { code, out } = await runSleeper(args);
      expect(code).toBe(0);
      expect(out).toMatch(/^Usage: sleeper run /);
      expect(out).toContain('Examples:');
    },
  );
});
