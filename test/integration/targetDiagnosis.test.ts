import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  rmdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exitCodes, SleeperError } from '../../src/errors.js';
import { chooseThread } from '../../src/target/chooseThread.js';
import { assertInspectable } from '../../src/target/diagnosis.js';
import { isFrozen } from '../../src/target/frozen.js';
import { readKernelThreads } from '../../src/target/kernelThreads.js';
import { runSleeper } from '../support/cli.js';
import { startCommand } from '../support/command.js';
import { anyPython } from '../support/pythons.js';
import { debianPython } from '../support/servers.js';
import { sleepsOn } from '../support/sleepsOn.js';
import { sleeper, statusOf } from '../support/target.js';
import { until } from '../support/until.js';

const python = anyPython().executable;
const waiting = 'import os, sys; print(os.getpid(), flush=True); sys.stdin.read()';
const root = process.getuid?.() === 0;

function failure(pid: number, patienceMs = 0): SleeperError {
  try {
    assertInspectable(pid, { patienceMs });
  } catch (error) {
    if (error instanceof SleeperError) return error;
    throw error;
  }
  throw new Error('it passed');
}

test('a process that may be inspected stays untouched', async () => {
  const target = await startCommand(python, ['-c', waiting]);
  expect(assertInspectable(target.pid)).toMatchObject({ implementation: 'CPython', embedded: false });
  await sleepsOn(target.pid);
  await target.end();
});

test('no such process: also one that has just ended', async () => {
  const target = await startCommand(python, ['-c', waiting]);
  await target.end();
  expect(failure(target.pid).code).toBe('no-such-process');
});

test('a zombie', async () => {
  const script =
    'import os, sys\nchild = os.fork()\nif not child: os._exit(0)\nos.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)\nprint(child, flush=True); sys.stdin.read()';
  const parent = await startCommand(python, ['-c', script]);
  const error = failure(Number(parent.ready));
  expect(error.code).toBe('zombie');
  expect(error.hint).toContain(String(parent.pid));
  await parent.end();
});

test('a process whose main thread alone has ended', async () => {
  const script =
    'import ctypes, os, sys, threading\nthreading.Thread(target=sys.stdin.read).start()\nprint(os.getpid(), flush=True)\nctypes.CDLL(None).pthread_exit(None)';
  const target = await startCommand(python, ['-c', script]);
  await until(() => statusOf(target.pid).state === 'Z');
  expect(failure(target.pid).code).toBe('main-thread-ended');
  await target.end();
});

test('Python under a hostile name, which is deleted meanwhile', async () => {
  // One with the interpreter in the executable, where there is one: no name of a library tells of it.
  const whole = existsSync(debianPython) ? debianPython : python;
  const directory = mkdtempSync(join(tmpdir(), 'sleeper-name-'));
  const copy = join(directory, 'a) R (b');
  copyFileSync(whole, copy);
  const env = { ...process.env, PYTHONHOME: dirname(dirname(whole)) };
  const target = await startCommand(copy, ['-c', waiting], env);
  expect(assertInspectable(target.pid)).toMatchObject({ implementation: 'CPython' });
  rmSync(directory, { recursive: true });
  expect(assertInspectable(target.pid)).toMatchObject({ implementation: 'CPython' });
  await target.end();
});

const kernelThreads = readdirSync('/proc').filter((name) => {
  try {
    return /^\d+$/.test(name) && / [SI] 2 0 0 0 -1 /.test(readFileSync(`/proc/${name}/stat`, 'utf8'));
  } catch {
    return false;
  }
});
(kernelThreads.length > 0 ? test : test.skip)('a thread of the kernel', () => {
  expect(failure(Number(kernelThreads[0])).code).toBe('kernel-thread');
});

test('another program', () => {
  const error = failure(process.pid);
  expect(error.code).toBe('not-python');
  expect(error.message).toContain('node');
});

test('stopped', async () => {
  const target = await startCommand(python, ['-c', waiting]);
  process.kill(target.pid, 'SIGSTOP');
  await until(() => statusOf(target.pid).state === 'T');
  expect(failure(target.pid).code).toBe('stopped');
  process.kill(target.pid, 'SIGCONT');
  await until(() => statusOf(target.pid).state === 'S');
  expect(assertInspectable(target.pid)).toMatchObject({ implementation: 'CPython' });
  await target.end();
});

test('already traced: by whom', async () => {
  const target = await startCommand(python, ['-c', waiting]);
  // PTRACE_SEIZE, which does not stop it.
  const script = `import ctypes, sys; libc = ctypes.CDLL(None, use_errno=True); assert libc.ptrace(0x4206, ${String(target.pid)}, None, None) == 0, ctypes.get_errno(); print(flush=True); sys.stdin.read()`;
  const tracer = await startCommand(python, ['-c', script]);
  const error = failure(target.pid);
  expect(error.code).toBe('already-traced');
  expect(error.message).toContain(`process ${String(tracer.pid)} (${python} -c import ctypes`);
  await tracer.end();
  await until(() => statusOf(target.pid).tracerPid === 0);
  expect(assertInspectable(target.pid)).toMatchObject({ implementation: 'CPython' });
  await target.end();
});

// The parent of a vfork sleeps uninterruptibly until the child has called execve; this child first opens a FIFO.
test.each([
  ['with the agent', sleeper, ['run', '--', python]],
  ['without the agent', python, []],
])('uninterruptible, %s', async (_name, program, words) => {
  const directory = mkdtempSync(join(tmpdir(), 'sleeper-'));
  const fifo = join(directory, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const script = [
    'import os, sys',
    'print(flush=True)',
    `pid = os.posix_spawn("/bin/true", ["true"], {}, file_actions=[(os.POSIX_SPAWN_OPEN, 9, ${JSON.stringify(fifo)}, os.O_RDONLY, 0)])`,
    'os.waitpid(pid, 0)',
    'sys.stdin.read()',
  ].join('\n');
  const target = await startCommand(program, [...words, '-c', script]);
  await until(() => statusOf(target.pid).state === 'D');
  const error = failure(target.pid, 20);
  expect(error.code).toBe('uninterruptible');
  expect(error.message).toContain(String(target.pid));
  expect(chooseThread(target.pid, readKernelThreads(target.pid)).uninterruptible).toEqual([target.pid]);
  const trace = join(directory, 'trace');
  const { code, err } = await runSleeper(['dump', '--yes', String(target.pid), '--trace-gdb', trace]);
  expect({ code, says: err.includes(error.message) }).toEqual({ code: exitCodes[error.exit], says: true });
  // A debugger that attached to it would wait for the end of the child, which it would keep from being waited for.
  expect(readFileSync(trace, 'utf8')).not.toContain(`-target-attach ${target.pid}`);
  writeFileSync(fifo, '');
  await until(() => statusOf(target.pid).state === 'S');
  expect(assertInspectable(target.pid)).toMatchObject({ implementation: 'CPython' });
  await target.end();
  rmSync(directory, { recursive: true });
});

/** Where control groups can freeze: those of version 2 from Linux 5.2 on. */
const freezers = [
  { mount: '/sys/fs/cgroup', mark: 'cgroup.controllers', switchFile: 'cgroup.freeze', on: '1', off: '0' },
  {
    mount: '/sys/fs/cgroup/unified',
    mark: 'cgroup.controllers',
    switchFile: 'cgroup.freeze',
    on: '1',
    off: '0',
  },
  {
    mount: '/sys/fs/cgroup/freezer',
    mark: 'release_agent',
    switchFile: 'freezer.state',
    on: 'FROZEN',
    off: 'THAWED',
  },
];

function canFreeze({ mount, mark, switchFile }: (typeof freezers)[number]): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  if (switchFile === 'cgroup.freeze' && (major < 5 || (major === 5 && minor < 2))) return false;
  try {
    accessSync(mount, constants.W_OK);
  } catch {
    return false;
  }
  return existsSync(join(mount, mark));
}

/** Calls `body` with a new control group, which is then thawed, emptied and removed, whatever has happened. */
async function withGroup(
  { mount, switchFile, off }: (typeof freezers)[number],
  body: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(mount, 'sleeper-test-'));
  try {
    await body(directory);
  } finally {
    writeFileSync(join(directory, switchFile), off);
    for (const pid of readFileSync(join(directory, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) {
      writeFileSync(join(mount, 'cgroup.procs'), pid);
    }
    rmdirSync(directory);
  }
}

const freezer = root ? freezers.find(canFreeze) : undefined;
(freezer !== undefined ? test : test.skip)('frozen by its control group (as root)', async () => {
  const { switchFile, on, off } = freezer!;
  const target = await startCommand(python, ['-c', waiting]);
  await withGroup(freezer!, async (directory) => {
    writeFileSync(join(directory, 'cgroup.procs'), String(target.pid));
    writeFileSync(join(directory, switchFile), on);
    await until(() => isFrozen(target.pid, '/proc'));
    expect(failure(target.pid).code).toBe('frozen');
    writeFileSync(join(directory, switchFile), off);
    await until(() => !isFrozen(target.pid, '/proc'));
    expect(assertInspectable(target.pid)).toMatchObject({ implementation: 'CPython' });
  });
  await target.end();
});

/** Runs something as another user: without the capabilities of root, whose user stays the real one. */
function asUser<Result>(uid: number, body: () => Result): Result {
  process.setegid!(uid);
  process.seteuid!(uid);
  try {
    return body();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}

const nobody = 65534;
(root ? test : test.skip)('another user’s process (as root)', async () => {
  const target = await startCommand(python, ['-c', waiting]);
  const error = asUser(nobody, () => failure(target.pid));
  expect(error).toMatchObject({ code: 'other-user', exit: 'permission' });
  expect(error.message).toContain('root');
  await target.end();
});

(root ? test : test.skip)('one’s own process that is not dumpable (as root)', async () => {
  const script = `import os, sys, ctypes; os.setgroups([]); os.setresgid(${nobody}, ${nobody}, ${nobody}); os.setresuid(${nobody}, ${nobody}, ${nobody}); ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); print(flush=True); sys.stdin.read()`;
  const child = spawn(python, ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const error = asUser(nobody, () => failure(child.pid!));
  expect(error.code).toBe('not-dumpable');
  expect(assertInspectable(child.pid!)).toMatchObject({ implementation: 'CPython' });
  child.stdin.end();
  await once(child, 'exit');
});
