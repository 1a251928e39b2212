import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { exitCodes } from '../../src/errors.js';
import type { ProcessFailure } from '../../src/model/failure.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import { runSleeper } from '../support/cli.js';
import { anyPython } from '../support/pythons.js';
import { sleepsOn } from '../support/sleepsOn.js';
import { footprint, sleeper, startTarget, type Target } from '../support/target.js';

let target: Target | undefined;
afterEach(() => target?.kill());

/** asm/unistd_64.h */
const nr = { getsockopt: '55', mmap: '9', mprotect: '10', tkill: '200', pipe2: '293', memfd_create: '319' };
// Filters are read by root only, and the numbers are those of x86-64.
const able = process.getuid?.() === 0 && process.arch === 'x64';
const withFilters = able ? test : test.skip;

/** A process under a filter of its own that does this for these system calls, without the agent. */
async function filtered(action: 'kill' | 'errno', ...calls: (keyof typeof nr)[]): Promise<Target> {
  const numbers = calls.map((call) => nr[call]);
  target = await startTarget(anyPython().executable, 'seccomp_filter.py', [action, ...numbers], {
    bare: true,
  });
  return target;
}

/** Lives, without the agent, and ends as it should. */
async function assertUntouched(one: Target): Promise<void> {
  const { pid, child, output } = one;
  await sleepsOn(pid);
  expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).not.toContain('libsleeper');
  child.stdin?.end();
  expect(await output).toBe('fine\n');
  expect(await one.end()).toBe(0);
}

const failure = (out: string): ProcessFailure['error'] => (JSON.parse(out) as ProcessFailure).error;

withFilters.each(['mmap', 'mprotect', 'tkill'] as const)(
  'a filter that kills for %s(): it is read, and nothing is tried (root, x86-64)',
  async (call) => {
    const one = await filtered('kill', call);
    const { code, out } = await runSleeper(['dump', '--json', String(one.pid)]);
    expect(failure(out)).toMatchObject({
      code: 'seccomp-kills',
      message: expect.stringContaining(`${call}()`),
    });
    expect(code).toBe(exitCodes.badState);
    await assertUntouched(one);
  },
);

withFilters(
  'a filter that kills for getsockopt(): sockets are described from outside (root, x86-64)',
  async () => {
    const one = await filtered('kill', 'getsockopt');
    const { code, out } = await runSleeper(['dump', '--fds', '--yes', '--json', String(one.pid)]);
    expect(code).toBe(exitCodes.ok);
    const { fds, warnings } = JSON.parse(out) as Snapshot;
    // Its standard streams are sockets, or pipes.
    expect(fds?.slice(0, 2).map((fd) => fd.kind === 'socket' || fd.kind === 'pipe')).toEqual([true, true]);
    expect(warnings.map(({ message }) => message).join('\n')).toContain(
      'would kill the process for getsockopt()',
    );
    one.child.stdin?.end();
    expect(await one.output).toBe('fine\n');
    expect(await one.end()).toBe(0);
  },
);

withFilters('a filter that kills for pipe2(): looks, and no live session (root, x86-64)', async () => {
  const one = await filtered('kill', 'pipe2');
  const { pid } = one;
  const before = footprint(pid);
  const { out } = await runSleeper(['doctor', '--json', String(pid)]);
  expect((JSON.parse(out) as { process: { commands: string[] } }).process.commands).toEqual([
    ...['ps', 'fds', 'dump', 'why', 'record', 'repl'],
  ]);
  expect((await runSleeper(['dump', String(pid)])).code).toBe(exitCodes.ok);
  const live = await runSleeper(['repl', '-c', 'p 1', String(pid)]);
  expect(live.err).toContain('would kill it for pipe2(), which a live session takes');
  expect(footprint(pid)).toEqual(before);
  expect(await one.end()).toBe(0);
});

withFilters(
  'a filter that refuses mmap(): no memory for the errand, which is told at once (root, x86-64)',
  async () => {
    const one = await filtered('errno', 'mmap');
    const { code, err } = await runSleeper(['inject', String(one.pid)]);
    expect(err).toContain('got no memory for the call');
    expect(code).toBe(exitCodes.agent);
    await assertUntouched(one);
  },
);

withFilters('a filter that refuses mprotect(): the loader says so (root, x86-64)', async () => {
  const one = await filtered('errno', 'mprotect');
  const before = footprint(one.pid);
  const { code, err } = await runSleeper(['inject', String(one.pid)]);
  expect(err).toContain('cannot apply additional memory protection');
  expect(code).toBe(exitCodes.agent);
  expect(footprint(one.pid)).toEqual(before);
  await assertUntouched(one);
});

const bounded = ['--bounding-set=-sys_admin', '--inh-caps=-sys_admin'];
const setpriv = able && spawnSync('setpriv', [...bounded, 'true']).status === 0;
(setpriv ? test : test.skip)(
  'a filter that may not be read is left alone, unless it is trusted (root, x86-64, setpriv)',
  async () => {
    const one = await filtered('kill', 'memfd_create');
    const { pid } = one;
    const command = [...bounded, sleeper, 'inject', '--json', String(pid)];
    const { code, err } = await runSleeper(command, { program: 'setpriv' });
    expect(err).toContain('has a seccomp filter that you may not read');
    expect(code).toBe(exitCodes.permission);
    expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).not.toContain('libsleeper');

    const trusting = await runSleeper([...command, '--trust-seccomp'], { program: 'setpriv' });
    expect(JSON.parse(trusting.out)).toMatchObject({ loaded: true, state: 'ready' });
    expect(await one.end()).toBe(0);
  },
);
