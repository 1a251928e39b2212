import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { controlLayout } from '../../src/agent/controlBlock.js';
import { agentLibraryFile } from '../../src/agent/libraryFile.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import type { LiveTarget } from '../../src/live/liveTarget.js';
import { findAgent } from '../../src/target/agentLibrary.js';
import { openProcessMemory } from '../../src/target/processMemory.js';
import { dump } from '../../src/usecases/dump.js';
import { openLive } from '../../src/usecases/openLive.js';
import { runSleeper } from '../support/cli.js';
import { startCommand } from '../support/command.js';
import { anyPython, findPythons } from '../support/pythons.js';
import { standstill } from '../support/standstill.js';
import { sleepsOn } from '../support/sleepsOn.js';
import { footprint, startTarget, statusOf, targetsDirectory, type Target } from '../support/target.js';
import { schemaErrors } from '../support/validate.js';

let target: Target | undefined;
afterEach(() => target?.kill());

const started = (executable: string, how: string): Promise<Target> =>
  startTarget(executable, 'hung.py', [how], { bare: true });

function dumped(pid: number): Promise<Snapshot> {
  return dump(pid, {
    ...{ locals: true, globals: false, fds: false, sleeperVersion: 'test' },
    signal: new AbortController().signal,
    beforeInjection: () => Promise.resolve(),
    log: () => undefined,
  });
}

function openedLive(pid: number): Promise<LiveTarget> {
  const signal = new AbortController().signal;
  return openLive(pid, { signal, beforeInjection: () => Promise.resolve(), log: () => undefined });
}

const mainFunction = ({ process, threads }: Snapshot): string | undefined =>
  threads
    .find(({ tid }) => tid === process.pid)
    ?.python?.frames.flatMap((frame) => ('function' in frame ? [frame.function] : []))
    .at(-2);

const mappedAgent = (pid: number): boolean =>
  readFileSync(`/proc/${pid}/maps`, 'utf8').includes('libsleeper');

/** Ways to hang; those that come to an end say then how they fared. */
const ways = [
  { how: 'blocked', ends: true },
  { how: 'deadlock', ends: false },
  { how: 'gil', ends: false },
  { how: 'regex', ends: false },
  { how: 'sleep', ends: true },
  { how: 'busy', ends: true },
] as const;

describe.each(findPythons())('$label', ({ executable }) => {
  test.each(ways)('is given the agent while it hangs: $how', async ({ how, ends }) => {
    target = await started(executable, how);
    const { pid } = target;
    const before = footprint(pid);
    expect(mappedAgent(pid)).toBe(false);

    expect(mainFunction(await dumped(pid))).toBe(how);

    expect(mappedAgent(pid)).toBe(true);
    expect(footprint(pid)).toEqual(before);
    expect(statusOf(pid).tracerPid).toBe(0);
    expect(statusOf(pid).state).toMatch(/[SR]/);
    if (!ends) return;
    target.child.stdin?.end();
    expect(await target.output).toBe('fine\n');
    expect(await target.end()).toBe(0);
  });
});

test('a process is given the agent while it opens a named pipe that nobody else does, and goes on to wait', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sleeper-fifo-'));
  const path = join(directory, 'fifo');
  try {
    execFileSync('mkfifo', [path]);
    target = await startTarget(anyPython().executable, 'hung.py', ['fifo', path], { bare: true });
    const { pid } = target;
    await standstill(pid);
    expect(mainFunction(await dumped(pid))).toBe('fifo');
    await standstill(pid);
    closeSync(openSync(path, 'w'));
    expect(await target.output).toBe('fine\n');
    expect(await target.end()).toBe(0);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

describe('sleeper inject', () => {
  test('loads once, tells its state, and says so', async () => {
    target = await started(anyPython().executable, 'blocked');
    const pid = String(target.pid);
    const status = await runSleeper(['inject', '--status', '--json', pid]);
    expect(status.code).toBe(9);
    expect(JSON.parse(status.out)).toMatchObject({ loaded: false, state: 'absent' });

    const first = await runSleeper(['inject', pid]);
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining('is loaded, ready') });
    const maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
    const second = await runSleeper(['inject', '--json', pid]);
    expect(second).toMatchObject({ code: 0, err: '' });
    expect(schemaErrors('inject', JSON.parse(second.out))).toEqual([]);
    expect(JSON.parse(second.out)).toMatchObject({ loaded: true, state: 'ready', path: agentLibraryFile });
    expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).toBe(maps);
  });

  test('a libsleeper of another version is named, and nothing is done with it', async () => {
    target = await startTarget(anyPython().executable, 'hung.py', ['blocked']);
    const { pid } = target;
    const before = footprint(pid);
    const memory = openProcessMemory(pid);
    const control = findAgent(pid, { memory })?.control ?? 0n;
    const { abi, version } = controlLayout;
    memory.write(control + BigInt(abi.at), Buffer.from([99, 0, 0, 0]));
    memory.write(control + BigInt(version.at), Buffer.from('9.8.7\0'));
    memory.close();
    for (const args of [
      ['inject'],
      ['inject', '--status'],
      ['dump'],
      ['why'],
      ['repl', '-c', 'bt'],
      ['record', '--duration', '1', '--pid'],
    ]) {
      const { code, err } = await runSleeper([...args, String(pid)]);
      expect([args, code, err]).toEqual([args, 9, expect.stringContaining('version 9.8.7 of libsleeper.so')]);
    }
    expect(footprint(pid)).toEqual(before);
    await sleepsOn(pid);
  });

  test('--no-inject leaves the process alone', async () => {
    target = await started(anyPython().executable, 'blocked');
    const { code, err } = await runSleeper(['dump', '--no-inject', String(target.pid)]);
    expect(code).toBe(9);
    expect(err).toMatch(/started without sleeper's agent/);
    expect(mappedAgent(target.pid)).toBe(false);
  });

  test('a process that does not see the file gets it through memory', async () => {
    const hidden = [
      '-m',
      'sh',
      '-c',
      `mount -t tmpfs none ${agentLibraryFile.replace(/\/[^/]*$/, '')} && exec "$@"`,
      'sh',
    ];
    if (spawnSync('unshare', [...hidden, 'true']).status !== 0) return;
    const command = [anyPython().executable, `${targetsDirectory}hung.py`, 'blocked'];
    const unshared = await startCommand('unshare', [...hidden, ...command]);
    try {
      const before = footprint(unshared.pid);
      const { code, out } = await runSleeper(['inject', '--json', String(unshared.pid)]);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        state: 'ready',
        path: expect.stringMatching(/^\/memfd:libsleeper\.so-\w{8}$/),
      });
      expect(footprint(unshared.pid)).toEqual(before);
      expect((await runSleeper(['dump', String(unshared.pid)])).out).toContain('os.read');
    } finally {
      await unshared.end();
    }
  });

  // Only root can become another user.
  const root = process.getuid?.() === 0;
  const { executable: ofAll } =
    findPythons().find((python) => python.executable.startsWith('/usr/bin/')) ?? {};
  const nobody = ['--reuid=65534', '--clear-groups', '--no-new-privs'];

  (root && ofAll !== undefined ? test : test.skip)(
    "a process of another user's gets it (root, a Python in /usr/bin)",
    async () => {
      const script = 'import os; print("ready", flush=True); os.read(0, 1)';
      const others = await startCommand('setpriv', [...nobody, ofAll ?? '', '-c', script]);
      try {
        expect((await runSleeper(['inject', String(others.pid)])).code).toBe(0);
      } finally {
        await others.end();
      }
    },
  );

  (root ? test : test.skip)(
    'only who may trace the process can open the pipes of a session (root)',
    async () => {
      target = await started(anyPython().executable, 'blocked');
      const { pid } = target;
      const fdsOf = (): string[] => readdirSync(`/proc/${pid}/fd`);
      const before = fdsOf();
      const live = await openedLive(pid);
      try {
        const pipes = fdsOf().filter((fd) => !before.includes(fd));
        expect(pipes.length).toBeGreaterThanOrEqual(2);
        for (const fd of pipes) {
          const path = `/proc/${pid}/fd/${fd}`;
          const tried = spawnSync('setpriv', [...nobody, 'sh', '-c', `: 3<>"$1"`, 'sh', path], {
            encoding: 'utf8',
          });
          expect(tried.status).not.toBe(0);
          expect(tried.stderr).toMatch(/Permission denied/);
        }
      } finally {
        await live.close();
      }
    },
  );
});

/** What "hung.py fork" says of its fork. */
function forked({ child, output }: Target): Promise<string> {
  child.stdin?.end();
  return output;
}

describe.each(findPythons())('$label: after a session', ({ executable }) => {
  test('a fork is nothing to warn of', async () => {
    target = await started(executable, 'fork');
    const live = await openedLive(target.pid);
    expect(await live.evaluate({ frame: null, mode: 'expression', source: '1+1' })).toMatchObject({
      kind: 'answer',
      value: { value: { text: '2' } },
    });
    await live.close();
    expect(await forked(target)).toBe('fine\n');
    expect(await target.end()).toBe(0);
  });
});

// From 3.12 on Python warns of a fork where there are more threads than one.
describe.each(findPythons().filter(({ short }) => short >= 0x030c))('$label: preloaded', ({ executable }) => {
  test('a fork is nothing to warn of', async () => {
    target = await startTarget(executable, 'hung.py', ['fork']);
    await dumped(target.pid);
    expect(await forked(target)).toBe('fine\n');
    target = await startTarget(executable, 'hung.py', ['fork', 'with a thread']);
    expect(await forked(target)).toMatch(/^fine This process .* is multi-threaded/);
  });
});
