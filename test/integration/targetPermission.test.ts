import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exitCodes } from '../../src/errors.js';
import type { ProcessFailure } from '../../src/model/failure.js';
import { snapshot } from '../../src/model/snapshot.js';
import { runSleeper } from '../support/cli.js';
import { startCommand, type RunningCommand } from '../support/command.js';
import { anyPython, findPythons } from '../support/pythons.js';
import { sleepsOn } from '../support/sleepsOn.js';
import { footprint, sleeper, targetsDirectory, type Footprint } from '../support/target.js';

const nobody = { uid: 65534, gid: 65534 };
const { stdout } = spawnSync('id', ['-nu', String(nobody.uid)], { encoding: 'utf8' });
const name = stdout.trim() || String(nobody.uid);
/** As one who logs in as nobody. */
const env = { ...process.env, HOME: '/', USER: name, LOGNAME: name };
const root = process.getuid?.() === 0;

const script = `${targetsDirectory}oracle.py`;
const start = (python: string, user = {}): Promise<RunningCommand> =>
  startCommand(sleeper, ['run', '--', python, script], env, user);

/** May nobody run this program? It may be in a home directory. */
const mayRun = (program: string, args: string[]): boolean =>
  spawnSync(program, args, { ...nobody, env }).status === 0;

const able = root && mayRun(sleeper, ['--version']);
const python = able
  ? findPythons().find(({ executable, short }) => short > 0x0300 && mayRun(executable, ['-c', '']))
  : undefined;

describe('an unprivileged user (as root, who becomes one)', () => {
  describe('and a process of root', () => {
    let target: RunningCommand;
    let before: Footprint;

    beforeAll(async () => {
      target = await start(anyPython().executable);
      before = footprint(target.pid);
    });

    afterAll(async () => {
      await target.end();
    });

    (able ? test : test.skip).each([['dump'], ['fds']])('%s: whose it is, exit code 6', async (command) => {
      const { code, out, err } = await runSleeper([command, String(target.pid)], { env, user: nobody });
      expect(err).toContain(`Process ${String(target.pid)} belongs to user root, and you are ${name}.`);
      expect(code).toBe(exitCodes.permission);
      expect(out).toBe('');
      await sleepsOn(target.pid);
      expect(footprint(target.pid)).toEqual(before);
    });

    (able ? test : test.skip)('the JSON has the code', async () => {
      const { out } = await runSleeper(['dump', '--json', String(target.pid)], { env, user: nobody });
      expect((JSON.parse(out) as ProcessFailure).error.code).toBe('other-user');
    });
  });

  const scope = '/proc/sys/kernel/yama/ptrace_scope';
  const restricted = existsSync(scope) && readFileSync(scope, 'utf8').trim() !== '0';
  (python !== undefined && !restricted ? test : test.skip)(
    'and a process of its own: the dump is whole (where Yama does not restrict it)',
    async () => {
      const target = await start(python!.executable, nobody);
      const oracle = JSON.parse(target.ready) as { threads: { name: string; frames: { line: number }[] }[] };
      const before = footprint(target.pid);
      const { code, out, err } = await runSleeper(['dump', '--json', '--fds', String(target.pid)], {
        env,
        user: nobody,
      });
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const dumped = snapshot.parse(JSON.parse(out));
      expect(dumped.process.user).toBe(name);
      const lines = (threads: { name: string | null; frames: ({ line: number | null } | object)[] }[]) =>
        new Map(
          threads
            .filter(({ name }) => name !== 'MainThread')
            .map(({ name, frames }) => [name, frames.map((frame) => ('line' in frame ? frame.line : null))]),
        );
      expect(lines(dumped.threads.flatMap((thread) => thread.python ?? []))).toEqual(lines(oracle.threads));
      expect(dumped.fds?.map(({ fd }) => String(fd)).sort()).toEqual(before.fds);
      expect(dumped.fds?.filter(({ kind }) => kind === 'unreadable')).toEqual([]);
      await sleepsOn(target.pid);
      expect(footprint(target.pid)).toEqual(before);
      await target.end();
    },
  );
});

// As in a container: root may list the descriptors of another user's process, but not see what they are.
const bounded = ['--bounding-set=-sys_ptrace', '--inh-caps=-sys_ptrace'];
const setpriv = root && spawnSync('setpriv', [...bounded, 'true']).status === 0;
(setpriv ? test : test.skip)(
  'root without CAP_SYS_PTRACE: descriptors are refused, not left out (as root)',
  async () => {
    const target = await startCommand('sh', ['-c', 'echo; read line'], env, nobody);
    const args = [...bounded, sleeper, 'fds', String(target.pid)];
    const listed = spawnSync('setpriv', [...bounded, 'ls', `/proc/${String(target.pid)}/fd`], {
      encoding: 'utf8',
    });
    expect(listed.stdout.split('\n')).toEqual(expect.arrayContaining(['0', '1', '2']));
    const { code, out, err } = await runSleeper(args, { program: 'setpriv', env });
    expect(err).toContain('root here lacks the capability CAP_SYS_PTRACE');
    expect({ code, out }).toEqual({ code: exitCodes.permission, out: '' });
    await target.end();
  },
);

test('under a seccomp filter that forbids ptrace: it is told, and the process is untouched', async () => {
  const { executable } = anyPython();
  const target = await start(executable);
  const before = footprint(target.pid);
  const { code, out, err } = await runSleeper(
    [`${targetsDirectory}no_ptrace.py`, sleeper, 'dump', '--json', String(target.pid)],
    { program: executable, env },
  );
  expect((JSON.parse(out) as ProcessFailure).error.code).toBe('seccomp-filter');
  expect(err).toContain('seccomp');
  expect(code).toBe(exitCodes.permission);
  await sleepsOn(target.pid);
  expect(footprint(target.pid)).toEqual(before);
  await target.end();
});

const dumpableOff = 'import ctypes, sys; ctypes.CDLL(None).prctl(4, 0); print(flush=True); sys.stdin.read()';
(python !== undefined ? test : test.skip)(
  'a process that is not dumpable, for its own user (as root, who becomes one)',
  async () => {
    const target = await startCommand(python!.executable, ['-c', dumpableOff], env, nobody);
    const { code, out } = await runSleeper(['dump', '--json', String(target.pid)], { env, user: nobody });
    expect((JSON.parse(out) as ProcessFailure).error.code).toBe('not-dumpable');
    expect(code).toBe(exitCodes.permission);
    await target.end();
  },
);

const unshare = spawnSync('unshare', ['-U', '-r', 'true']).status === 0;
(unshare ? test : test.skip)('root of another user namespace (where one can be made)', async () => {
  const target = await start(anyPython().executable);
  const { code, out } = await runSleeper(['-U', '-r', sleeper, 'dump', '--json', String(target.pid)], {
    program: 'unshare',
    env,
  });
  expect((JSON.parse(out) as ProcessFailure).error.code).toBe('other-namespace');
  expect(code).toBe(exitCodes.permission);
  await target.end();
});
