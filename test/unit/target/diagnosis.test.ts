import { chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SleeperError } from '../../../src/errors.js';
import { assertInspectable } from '../../../src/target/diagnosis.js';
import { explainDenied } from '../../../src/target/permission.js';
import { parseStatus } from '../../../src/target/status.js';

let procRoot: string;

beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
});

afterEach(() => {
  rmSync(procRoot, { recursive: true });
});

const pid = 500;
const PF_KTHREAD = 0x200000;
const everything = 0x1ffffffffffn;
/** What Docker gives to root by default. */
const docker = 0xa80425fbn;

interface Fake {
  state?: string;
  flags?: number;
  executable?: string | null;
  tracer?: number;
  threads?: string[];
  status?: Partial<Identity>;
}

interface Identity {
  uid: number;
  uids: string;
  gids: string;
  effective: bigint;
  bounding: bigint;
  permitted: bigint;
  namespacePids: string;
  userNamespace: string;
}

function write(path: string, text: string): void {
  const file = join(procRoot, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

const statLine = (tid: number, state: string, flags = 0): string =>
  `${String(tid)} (python3) ${state} 1 ${String(pid)} ${String(pid)} 0 -1 ${String(flags)}${' 0'.repeat(43)}\n`;

function writeStatus(name: string, identity: Partial<Identity>, tracer = 0): void {
  const {
    uid = 1000,
    effective = 0n,
    bounding = everything,
    permitted = effective,
    namespacePids = '1',
  } = identity;
  const ids = [uid, uid, uid, uid].join('\t');
  const mask = (value: bigint) => value.toString(16).padStart(16, '0');
  write(
    `${name}/status`,
    `Uid:\t${identity.uids ?? ids}\nGid:\t${identity.gids ?? ids}\nTracerPid:\t${String(tracer)}\n` +
      `CapPrm:\t${mask(permitted)}\nCapEff:\t${mask(effective)}\nCapBnd:\t${mask(bounding)}\nNSpid:\t${namespacePids}\n`,
  );
  if (identity.userNamespace !== undefined) {
    mkdirSync(join(procRoot, name, 'ns'));
    symlinkSync(`user:[${identity.userNamespace}]`, join(procRoot, name, 'ns/user'));
  }
}

function writeProcess({
  state = 'S',
  flags,
  executable = '/usr/bin/python3.11',
  tracer,
  threads,
  status = {},
}: Fake) {
  write(`${String(pid)}/stat`, statLine(pid, state, flags));
  // As in /proc, the files belong to the user of the process. Only root can give them away.
  if (process.getuid?.() === 0) chownSync(join(procRoot, String(pid), 'stat'), status.uid ?? 1000, 0);
  write(`${String(pid)}/cmdline`, 'python3\0app.py\0');
  write(`${String(pid)}/maps`, '');
  writeStatus(String(pid), status, tracer);
  (threads ?? [state]).forEach((one, index) =>
    write(`${String(pid)}/task/${String(pid + index)}/stat`, statLine(pid + index, one)),
  );
  if (executable !== null) symlinkSync(executable, join(procRoot, String(pid), 'exe'));
}

const allow = (): void => undefined;
const deny = (): void => {
  throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
};

function failure(probe: () => void = allow): SleeperError {
  try {
    assertInspectable(pid, { procRoot, patienceMs: 0, probe });
  } catch (error) {
    if (error instanceof SleeperError) return error;
    throw error;
  }
  throw new Error('it passed');
}

test('a Python that may be inspected', () => {
  writeProcess({});
  expect(assertInspectable(pid, { procRoot, probe: allow })).toEqual({
    implementation: 'CPython',
    version: '3.11',
    embedded: false,
  });
});

describe('what it is', () => {
  test('nothing', () => {
    expect(failure()).toMatchObject({ code: 'no-such-process', exit: 'noProcess' });
  });
  test('a zombie', () => {
    writeProcess({ state: 'Z', executable: null });
    expect(failure()).toMatchObject({ code: 'zombie', exit: 'badState' });
  });
  test('no zombie: only the main thread has ended', () => {
    writeProcess({ state: 'Z', threads: ['Z', 'S'] });
    expect(failure()).toMatchObject({ code: 'main-thread-ended', exit: 'badState' });
  });
  test('a thread of the kernel', () => {
    writeProcess({ flags: PF_KTHREAD, executable: null });
    expect(failure()).toMatchObject({ code: 'kernel-thread', exit: 'notPython' });
  });
  test('another program: the message says which', () => {
    writeProcess({ executable: '/usr/bin/bash' });
    const error = failure();
    expect(error).toMatchObject({ code: 'not-python', exit: 'notPython' });
    expect(error.message).toContain('/usr/bin/bash (python3 app.py)');
  });
  test('another Python', () => {
    writeProcess({ executable: '/opt/bin/pypy3.10' });
    expect(failure()).toMatchObject({
      code: 'other-python',
      message: expect.stringContaining('PyPy') as unknown,
    });
  });
  test.each([
    ['/usr/bin/python3.5', '', 'CPython 3.5,'],
    ['/usr/bin/python3.99', '', 'CPython 3.99,'],
    ['/usr/bin/python3.14t', '', 'CPython 3.14, free-threaded,'],
    ['/usr/bin/nginx', '/usr/lib/libpython3.13t.so.1.0', 'CPython 3.13, free-threaded,'],
  ])('a Python that sleeper does not know, %s %s', (executable, library, name) => {
    writeProcess({ executable });
    write(`${String(pid)}/maps`, library === '' ? '' : `7f00-7f10 r-xp 00000000 fe:01 123 ${library}\n`);
    expect(failure()).toMatchObject({
      code: 'python-unsupported',
      exit: 'notPython',
      message: expect.stringContaining(name) as unknown,
    });
  });
  test('one whose version is not to be seen passes: the agent will tell', () => {
    writeProcess({ executable: '/usr/bin/python3' });
    expect(assertInspectable(pid, { procRoot, probe: allow }).version).toBe('3');
  });
});

describe('its state', () => {
  test('stopped by job control', () => {
    writeProcess({ state: 'T' });
    expect(failure()).toMatchObject({
      code: 'stopped',
      hint: expect.stringContaining('kill -CONT 500') as unknown,
    });
  });
  test('traced: the message names the tracer', () => {
    writeProcess({ state: 't', tracer: 77 });
    write('77/cmdline', 'strace\0-p\x00500\0');
    expect(failure()).toMatchObject({
      code: 'already-traced',
      message: expect.stringContaining('77 (strace -p 500)') as unknown,
    });
  });
  test('traced by the gdb of another sleeper: the message names that', () => {
    writeProcess({ state: 't', tracer: 77 });
    write('77/cmdline', '/usr/bin/gdb\0-nx\0-x\0/opt/sleeper/gdb-scripts/settings.gdb\0');
    write('77/stat', `77 (gdb) S 70 77 77 0 ${'0 '.repeat(45)}`);
    write('70/cmdline', 'node\0/opt/sleeper/bin/main.cjs\0record\0-p\x00500\0');
    expect(failure()).toMatchObject({
      message: expect.stringContaining('77 (the gdb of process 70: sleeper record -p 500)') as unknown,
    });
  });
  test('traced and running', () => {
    writeProcess({ state: 'S', tracer: 77 });
    expect(failure()).toMatchObject({ code: 'already-traced' });
  });
  test('traced from outside of this pid namespace', () => {
    writeProcess({ state: 't' });
    expect(failure()).toMatchObject({
      code: 'already-traced',
      message: expect.stringContaining('outside') as unknown,
    });
  });
  test.each([
    ['cgroup2 rw', '0::/', 'cgroup.events', 'populated 1\nfrozen 1\n', 'frozen'],
    ['cgroup2 rw', '0::/', 'cgroup.events', 'populated 1\nfrozen 0\n', null],
    ['cgroup cgroup rw,freezer', '6:freezer:/', 'freezer.state', 'FROZEN\n', 'frozen'],
    ['cgroup cgroup rw,freezer', '6:freezer:/', 'freezer.state', 'THAWED\n', null],
    ['cgroup cgroup rw,memory', '6:freezer:/', 'freezer.state', 'FROZEN\n', null],
  ])('its control group: %s, %s %s %j', (mount, group, file, content, code) => {
    writeProcess({});
    const [type = '', source = 'cgroup2', options = 'rw'] = mount.split(' ');
    write(
      'self/mountinfo',
      `30 20 0:26 / ${procRoot}/groups rw,relatime shared:4 - ${type} ${source} ${options}\n`,
    );
    write('500/cgroup', `9:name=systemd:/x\n${group}app:1\n`);
    write(`groups/app:1/${file}`, content);
    if (code === null) {
      expect(assertInspectable(pid, { procRoot, probe: allow })).toMatchObject({ version: '3.11' });
    } else {
      expect(failure().code).toBe(code);
    }
  });
  test('one thread in uninterruptible sleep', () => {
    writeProcess({ threads: ['S', 'D', 'S'] });
    write('500/task/501/wchan', 'nfs_wait_bit_killable');
    const error = failure();
    expect(error).toMatchObject({ code: 'uninterruptible', exit: 'badState' });
    expect(error.message).toContain('501');
    expect(error.message).toContain('nfs_wait_bit_killable');
  });
  test('one that waits for FUSE, which a debugger would make uninterruptible', () => {
    writeProcess({ threads: ['S', 'S'] });
    write('500/task/501/wchan', 'request_wait_answer');
    expect(failure()).toMatchObject({ code: 'uninterruptible' });
    write('500/task/501/wchan', 'futex_do_wait');
    expect(assertInspectable(pid, { procRoot, probe: allow })).toMatchObject({ version: '3.11' });
  });
});

describe('an id that is known inside of a container only', () => {
  const hint = (name: number): string => {
    try {
      assertInspectable(name, { procRoot, patienceMs: 0, probe: allow });
    } catch (error) {
      if (error instanceof SleeperError) return `${error.code}: ${error.hint}`;
    }
    throw new Error('it passed');
  };

  test('is told with the one that the process has here', () => {
    writeProcess({ status: { namespacePids: `${pid}\t7` } });
    expect(hint(7)).toMatch(/^no-such-process: In its container, process 500 has that id/);
    expect(hint(8)).toMatch(/^no-such-process: List/);
    write('7/stat', statLine(7, 'S', PF_KTHREAD));
    writeStatus('7', {});
    expect(hint(7)).toMatch(/^kernel-thread: In its container, process 500/);
  });
});

describe('the permission: which one is missing', () => {
  const cases: [string, { self: Partial<Identity>; target?: Partial<Identity>; scope?: number }, string][] = [
    ['another user', { self: { uid: 1000 }, target: { uid: 1001 } }, 'other-user'],
    ['root’s process', { self: { uid: 1000 }, target: { uid: 0 } }, 'other-user'],
    [
      'a user that it was started by, but it has become another',
      { self: { uid: 1000 }, target: { uids: '1000\t0\t0\t0' } },
      'other-user',
    ],
    ['another user, and Yama', { self: { uid: 1000 }, target: { uid: 1001 }, scope: 1 }, 'other-user'],
    ['Yama: only descendants', { self: { uid: 1000 }, scope: 1 }, 'ptrace-scope-1'],
    ['Yama: only administrators', { self: { uid: 1000 }, scope: 2 }, 'ptrace-scope-2'],
    ['Yama: nobody', { self: { uid: 0, effective: everything }, scope: 3 }, 'ptrace-scope-3'],
    [
      'root of a container',
      { self: { uid: 0, effective: docker, bounding: docker }, target: { uid: 1000 } },
      'no-ptrace-capability',
    ],
    ['set-gid', { self: { uid: 1000 }, target: { gids: '1000\t5\t5\t5' } }, 'not-dumpable'],
    [
      'its executable has capabilities',
      { self: { uid: 1000 }, target: { permitted: 0x400n } },
      'more-capabilities',
    ],
    [
      'in another pid namespace',
      { self: { uid: 1000 }, target: { namespacePids: '500\t1' } },
      'other-namespace',
    ],
    [
      'in another user namespace',
      { self: { uid: 0, effective: everything, userNamespace: '1' }, target: { uid: 0, userNamespace: '2' } },
      'other-namespace',
    ],
    ['everything is right, and still denied', { self: { uid: 0, effective: everything } }, 'security-module'],
  ];
  test.each(cases)('%s', (_, { self, target, scope }, code) => {
    writeProcess({ status: target ?? {} });
    writeStatus('self', self);
    if (scope !== undefined) write('sys/kernel/yama/ptrace_scope', `${String(scope)}\n`);
    const error = failure(deny);
    expect(error).toMatchObject({ code, exit: 'permission' });
    expect(error.hint).not.toBe('');
  });

  const mine = { ...parseStatus(''), uids: [1000, 1000, 1000, 1000], gids: [1000, 1000, 1000, 1000] };
  const facts = {
    ...{ pid, self: mine, target: mine, ptraceScope: null, sameUserNamespace: null, samePidNamespace: true },
    nested: false,
    ...{ dumpable: true, confinement: null },
  };

  test('not dumpable, whatever Yama says: its cure does not help', () => {
    expect(explainDenied({ ...facts, dumpable: false, ptraceScope: 1 }).code).toBe('not-dumpable');
    expect(explainDenied({ ...facts, dumpable: null }).code).toBe('not-dumpable');
  });

  test('a security module, which is named', () => {
    const confined = explainDenied({ ...facts, confinement: 'docker-default (enforce)' });
    expect(confined).toMatchObject({ code: 'security-module' });
    expect(confined.message).toContain('docker-default (enforce)');
    expect(explainDenied(facts).code).toBe('security-module');
  });

  test('root of a user namespace, and a process outside of it, whose namespace it may not see', () => {
    const self = { ...mine, effective: everything };
    expect(explainDenied({ ...facts, self, nested: true }).code).toBe('other-namespace');
    expect(explainDenied({ ...facts, self, nested: true, sameUserNamespace: true }).code).toBe(
      'security-module',
    );
  });

  const root = process.getuid?.() === 0;
  (root ? test : test.skip)(
    'not dumpable: its files belong to root (as root, who can give them away)',
    () => {
      writeProcess({});
      chownSync(join(procRoot, '500/stat'), 0, 0);
      writeStatus('self', { uid: 1000 });
      expect(failure(deny).code).toBe('not-dumpable');
    },
  );

  test('a security module, by its label in /proc', () => {
    writeProcess({ status: { uid: 0 } });
    writeStatus('self', { uid: 0, effective: everything });
    write('self/attr/current', 'system_u:system_r:httpd_t:s0\0');
    expect(failure(deny).message).toContain('system_u:system_r:httpd_t:s0');
  });

  test('it comes after what it is and its state', () => {
    writeProcess({ state: 'T' });
    expect(failure(deny).code).toBe('stopped');
  });

  // Without the permission to read its links the kernel does not tell what it runs.
  test('of a process whose links may not be read, the permission is what is told', () => {
    writeProcess({ executable: null, status: { uid: 0 } });
    write('500/cmdline', 'sshd\0');
    writeStatus('self', { uid: 1000 });
    expect(failure(deny).code).toBe('other-user');
  });

  test('it ended meanwhile', () => {
    writeProcess({});
    const gone = () => {
      throw Object.assign(new Error('gone'), { code: 'ENOENT' });
    };
    expect(failure(gone).code).toBe('no-such-process');
  });

  test('an error that is none of permission is not explained away', () => {
    writeProcess({});
    const broken = () => {
      throw Object.assign(new Error('too many files'), { code: 'EMFILE' });
    };
    expect(() => failure(broken)).toThrow('too many files');
  });
});
