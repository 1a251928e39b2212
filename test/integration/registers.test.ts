import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { runSleeper } from '../support/cli.js';
import { buildLibrary } from '../support/nativeLibrary.js';
import { anyPython, findPythons } from '../support/pythons.js';
import { startTarget, type Target } from '../support/target.js';
import { until } from '../support/until.js';
import { findGdbs } from './gdb/stubTarget.js';

// Code is brought into a running process on x86-64 only.
const onX64 = process.arch === 'x64' ? test : test.skip;

let library: ReturnType<typeof buildLibrary>;
let target: Target | undefined;
beforeAll(() => {
  if (process.arch === 'x64') library = buildLibrary('registers');
});
afterEach(() => target?.kill());
afterAll(() => {
  if (process.arch === 'x64') library.remove();
});

/** A process whose only thread is in a loop that holds known values in all registers. */
async function holding(executable: string, ...more: string[]): Promise<Target> {
  const started = await startTarget(executable, 'registers.py', [library.path, ...more], { bare: true });
  target = started;
  await until(() => readFileSync(`/proc/${started.pid}/syscall`, 'utf8').startsWith('running'));
  return started;
}

/** What has changed in the registers, by its own account. */
function changes({ child, output }: Target): Promise<string> {
  child.kill('SIGUSR1');
  return output;
}

onX64('a register that was changed is told', async () => {
  expect(await changes(await holding(anyPython().executable, 'spoil'))).toBe(
    'r12 flags red zone mxcsr xmm \n',
  );
});

const oldest = findPythons()[0] ?? anyPython();

const directory = mkdtempSync(join(tmpdir(), 'sleeper-registers-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});
// Dozens of stops, each with a call.
const record = ['record', '--yes', '-r', '100', '-d', '1', '-o', join(directory, 'profile.txt'), '-p'];

onX64.each([
  // The very first errand, when nothing of sleeper's is in the process yet.
  { command: ['inject'], python: oldest, gdb: 'gdb' },
  { command: ['inject'], python: anyPython(), gdb: 'gdb' },
  { command: ['repl', '--yes', '-c', 'p 1 + 1'], python: anyPython(), gdb: 'gdb' },
  // Not every gdb knows where each processor keeps the vector registers.
  ...findGdbs().flatMap((gdb) =>
    [['dump', '--yes'], record].map((command) => ({ command, python: anyPython(), gdb })),
  ),
])(
  'no register, flag or byte of the red zone is changed by $command.0 ($python.label, $gdb)',
  async ({ command, python, gdb }) => {
    const started = await holding(python.executable);
    const [verb = '', ...rest] = command;
    const words = [verb, '--gdb', gdb, ...rest, String(started.pid)];
    expect(await runSleeper(words)).toMatchObject({ code: 0 });
    expect(readFileSync(`/proc/${started.pid}/maps`, 'utf8')).toContain('libsleeper');
    expect(await changes(started)).toBe('fine\n');
  },
);
