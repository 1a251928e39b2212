import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { exitCodes } from '../../src/errors.js';
import { readRecording } from '../../src/profile/readRecording.js';
import { runSleeper, type CliResult } from '../support/cli.js';
import { sleeper, startTarget, type Target } from '../support/target.js';
import { until } from '../support/until.js';
import { few } from '../support/zoo.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-two-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});
let target: Target | undefined;
afterEach(() => target?.kill());

/** The code of the error that a command of --json has ended with; null: it was done. */
function failureOf({ code, out, err }: CliResult): string | null {
  if (code === exitCodes.ok) return null;
  // One that has not come to its first command says so in words.
  const said = code === exitCodes.badState && err.includes('is being traced by') ? 'already-traced' : err;
  return /"error":\{"code":"([\w-]+)"/.exec(out)?.[1] ?? said;
}

function failuresOf(commands: readonly (readonly string[])[]): Promise<(string | null)[]> {
  return Promise.all(commands.map(async (args) => failureOf(await runSleeper([...args, '--json']))));
}

/** A recording under way, with a sample in it. */
async function recordingOf(pid: string, rate: string): Promise<{ end: () => Promise<string | null> }> {
  const path = join(directory, `${pid}-${rate}.sleeper`);
  const child = spawn(sleeper, ['record', '-p', pid, '-r', rate, '-o', path], { stdio: 'ignore' });
  const closed = once(child, 'close');
  const samples = (): number =>
    existsSync(path) ? readFileSync(path, 'utf8').split('\n["sample"').length - 1 : 0;
  await until(() => samples() > 0);
  return {
    end: async () => {
      const before = samples();
      await until(() => samples() > before);
      child.kill('SIGINT');
      expect(await closed).toEqual([0, null]);
      return (await readRecording(path)).meta.end;
    },
  };
}

/** Looks that wait for each other. On a busy machine their patience may come to an end: then they are refused by name. */
async function expectDone(
  commands: readonly (readonly string[])[],
  refusals: readonly string[],
): Promise<void> {
  const failures = await failuresOf(commands);
  for (const failure of failures) expect([null, 'already-traced', ...refusals]).toContain(failure);
  expect(failures).toContain(null);
}

// Between the looks the process is under load, and at its end it says whether anything was damaged or left behind.
test.each(few)('several sleepers on one process at once: $label', async ({ executable }) => {
  target = await startTarget(executable, 'storm.py', [], { bare: true });
  const pid = String(target.pid);
  const looks = [
    ['dump', pid],
    ['why', pid],
    ['repl', pid, '-c', 'bt'],
  ];

  // All of them load the agent.
  await expectDone(looks, ['attach-denied', 'errand-under-way', 'errand-late']);

  // One live session at a time; other looks are not in its way.
  await expectDone(
    [
      ['dump', pid, '--live'],
      ['repl', pid, '-c', 'p 6 * 7'],
      ['dump', pid],
    ],
    ['live-busy', 'attach-denied', 'errand-under-way'],
  );

  // gdb lets go of the process between its samples.
  const slow = await recordingOf(pid, '1');
  await expectDone([...looks, ['repl', pid, '-c', 'p 6 * 7']], ['attach-denied', 'errand-under-way']);
  expect(await slow.end()).toBe('interrupted');

  // And here it does not: `why` says what can be seen from outside.
  const fast = await recordingOf(pid, '50');
  const { code, err } = await runSleeper(['record', '-p', pid, '-d', '1'], { cwd: directory });
  // Not gdb is named, which nobody has started, but the recording.
  expect([code, err]).toEqual([
    exitCodes.badState,
    expect.stringMatching(
      /is being traced by process \d+ \(the gdb of process \d+: sleeper record -p \d+ -r 50 /,
    ),
  ]);
  expect(await failuresOf(looks)).toEqual(['already-traced', null, 'already-traced']);
  expect(await fast.end()).toBe('interrupted');

  expect(await target.end()).toBe(0);
  expect(await target.output).toBe('errors: 0 []\nbusy: True\n');
});
