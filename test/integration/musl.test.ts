import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { runSleeper } from '../support/cli.js';
import { isThere } from '../support/servers.js';
import { footprint, statusOf, targetsDirectory } from '../support/target.js';
import { until } from '../support/until.js';

const muslIsThere = process.arch === 'x64' && isThere('musl', 'musl-gcc', '--version');
const directory = mkdtempSync(join(tmpdir(), 'sleeper-musl-'));
// It must be taken for a Python by its name.
const program = join(directory, 'python3.11');
let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Starts the program; gives what it prints, line by line, and how it ends. */
async function started(...args: string[]) {
  const begun = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child = begun;
  const exited = once(begun, 'exit');
  const lines = createInterface({ input: begun.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<unknown> => (await lines.next()).value;
  expect(await nextLine()).toBe('ready');
  return { begun, pid: begun.pid ?? 0, exited, nextLine };
}

async function expectInjected(pid: number): Promise<void> {
  const { code, out } = await runSleeper(['inject', String(pid)]);
  expect(out).toContain('is loaded, no CPython found, from');
  expect(code).toBe(9);
  expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).toContain('libsleeper.so');
  expect(statusOf(pid)).toMatchObject({ tracerPid: 0 });
}

(muslIsThere ? describe : describe.skip)('a program with the C library musl (musl-gcc)', () => {
  beforeAll(() => {
    const sources = ['musl.c', 'registers.c'].map((name) => `${targetsDirectory}${name}`);
    execFileSync('musl-gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, ...sources]);
  });

  test('is given the agent while it waits, and goes on as if nothing had been', async () => {
    const { begun, pid, exited, nextLine } = await started();
    const before = footprint(pid);
    await expectInjected(pid);
    expect(footprint(pid)).toEqual(before);
    const dump = await runSleeper(['dump', String(pid)]);
    expect(dump).toMatchObject({
      code: 9,
      err: expect.stringContaining('it found no CPython there') as unknown,
    });
    begun.stdin.end('still there\n');
    expect(await nextLine()).toBe('still there');
    expect(await exited).toEqual([0, null]);
  });

  test('is given the agent while it runs, and no register is changed', async () => {
    const { begun, pid, exited, nextLine } = await started('hold');
    await until(() => readFileSync(`/proc/${pid}/syscall`, 'utf8').startsWith('running'));
    await expectInjected(pid);
    begun.kill('SIGUSR1');
    expect(await nextLine()).toBe('fine');
    expect(await exited).toEqual([0, null]);
  });
});
