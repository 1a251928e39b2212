import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { runSleeper } from '../support/cli.js';
import { buildLibrary } from '../support/nativeLibrary.js';
import { anyPython, findPythons } from '../support/pythons.js';
import { startTarget, type Target } from '../support/target.js';
import { until } from '../support/until.js';

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

onX64.each([
  // The very first errand, when nothing of sleeper's is in the process yet.
  { command: ['inject'], python: oldest },
  { command: ['inject'], python: anyPython() },
  { command: ['dump', '--yes'], python: anyPython() },
  { command: ['repl', '--yes', '-c', 'p 1 + 1'], python: anyPython() },
])(
  'no register, flag or byte of the red zone is changed by $command.0 ($python.label)',
  async ({ command, python }) => {
    const started = await holding(python.executable);
    expect(await runSleeper([...command, String(started.pid)])).toMatchObject({ code: 0 });
    expect(readFileSync(`/proc/${started.pid}/maps`, 'utf8')).toContain('libsleeper');
    expect(await changes(started)).toBe('fine\n');
  },
);
