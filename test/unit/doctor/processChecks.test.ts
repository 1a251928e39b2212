import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { examineProcess, type ProcessOptions } from '../../../src/doctor/processChecks.js';

let procRoot: string;
beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'sleeper-proc-'));
});
afterEach(() => rmSync(procRoot, { recursive: true }));

const pid = 500;

interface Fake {
  executable?: string;
  state?: string;
  maps?: string;
}

/** A process of user 1000 with one thread. Its memory is empty: nothing can be read of it. */
function writeProcess({ executable = '/usr/bin/python3.11', state = 'S', maps = '' }: Fake = {}): void {
  const ids = '1000\t1000\t1000\t1000';
  const stat = `${pid} (python3) ${state} 1 ${pid} ${pid} 0 -1 0${' 0'.repeat(43)}\n`;
  mkdirSync(join(procRoot, `${pid}/task/${pid}`), { recursive: true });
  mkdirSync(join(procRoot, 'self'));
  const files: Record<string, string> = {
    ...{ [`${pid}/stat`]: stat, [`${pid}/task/${pid}/stat`]: stat, [`${pid}/cmdline`]: 'python3\0app.py\0' },
    ...{ [`${pid}/maps`]: maps, [`${pid}/mem`]: '', [`${pid}/task/${pid}/syscall`]: 'running\n' },
    [`${pid}/status`]: `Uid:\t${ids}\nGid:\t${ids}\nTracerPid:\t0\nCapPrm:\t0\nNSpid:\t1\n`,
    'self/status': `Uid:\t${ids}\nGid:\t${ids}\nCapEff:\t0\nCapPrm:\t0\nCapBnd:\t0\nNSpid:\t1\n`,
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(procRoot, path), text);
  symlinkSync(executable, join(procRoot, `${pid}/exe`));
}

const allow = (): void => undefined;
const deny = (): void => {
  throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
};

function examine(changed: Partial<ProcessOptions> = {}) {
  const options = {
    canInject: true,
    agentArchitecture: 'x86-64',
    mostThreads: 2000,
    policy: 'ask',
    machineWorks: true,
    seccomp: null,
  } as const;
  const report = examineProcess(pid, { ...options, procRoot, probe: allow, ...changed });
  const problems = report.checks.filter(({ status }) => status === 'problem').map(({ code }) => code);
  return { report, problems };
}

test('no process', () => {
  const { report, problems } = examine();
  expect(problems).toEqual(['no-such-process']);
  expect(report.commands).toEqual(['ps']);
});

test('a process that is stopped and not ours: both are told', () => {
  writeProcess({ state: 'T' });
  writeFileSync(join(procRoot, 'self/status'), 'Uid:\t7\t7\t7\t7\nGid:\t7\t7\t7\t7\nNSpid:\t1\n');
  const { report, problems } = examine({ probe: deny });
  expect(problems).toEqual(['stopped', 'other-user']);
  expect(report.commands).toEqual(['ps']);
});

test('a process that is stopped: its files can be listed', () => {
  writeProcess({ state: 'T' });
  expect(examine().problems).toEqual(['stopped']);
  expect(examine().report.commands).toEqual(['ps', 'fds']);
});

test.each([
  ['/usr/bin/python3.5', '', 'CPython 3.5,'],
  ['/usr/bin/python3.99', '', 'CPython 3.99,'],
  ['/usr/bin/python3.14t', '', 'CPython 3.14, free-threaded,'],
  ['/usr/bin/nginx', '/usr/lib/libpython3.13t.so.1.0', 'CPython 3.13, free-threaded,'],
])('%s with "%s" is told as unknown', (executable, library, text) => {
  const maps = library === '' ? '' : `7f00-7f10 r-xp 00000000 fe:01 123 ${library}\n`;
  writeProcess({ executable, maps });
  const { report, problems } = examine();
  expect(problems).toContain('python-unsupported');
  expect(report.checks.find(({ code }) => code === 'python-unsupported')?.message).toContain(text);
});

test('a static program: there is nothing to load the agent with', () => {
  writeProcess();
  expect(examine().problems).toEqual(['static-program']);
  expect(examine().report).toMatchObject({ loading: null, libc: null, borrowedThread: pid });
});

test('an architecture for which there are no errands', () => {
  writeProcess();
  expect(examine({ canInject: false }).problems).toEqual(['inject-unsupported']);
});
