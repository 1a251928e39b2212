import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { exitCodes } from '../../src/errors.js';
import { readRecording } from '../../src/profile/readRecording.js';
import { runSleeper } from '../support/cli.js';
import { anyPython } from '../support/pythons.js';
import { sleepsOn } from '../support/sleepsOn.js';
import { footprint, sleeper, startTarget, statusOf, type Target } from '../support/target.js';
import { until } from '../support/until.js';

const directory = mkdtempSync(join(tmpdir(), 'sleeper-limits-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});
let target: Target | undefined;
afterEach(() => target?.kill());

const KiB = 1024;
const MiB = 1024 * KiB;

/** A process without the agent that may have so much more address space than it has. */
async function limitedTo(bytes: number): Promise<Target> {
  target = await startTarget(anyPython().executable, 'limited.py', [String(bytes)], { bare: true });
  return target;
}

function addressSpace(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmSize:\s*(\d+) kB$/m.exec(status)?.[1]) * KiB;
}

test.each([
  ['for the errand', 64 * KiB, 'got no memory for the call that loads the agent'],
  ['for the library', MiB, 'failed to map segment'],
])('no address space is left %s: it is told, and the process is as before', async (_, bytes, message) => {
  const one = await limitedTo(bytes);
  const [before, size] = [footprint(one.pid), addressSpace(one.pid)];
  const { code, err } = await runSleeper(['inject', String(one.pid)]);
  expect(err).toContain(message);
  expect(code).toBe(exitCodes.agent);
  expect(footprint(one.pid)).toEqual(before);
  await sleepsOn(one.pid);
  // What the loader has allocated for its message stays.
  expect(addressSpace(one.pid) - size).toBeLessThan(512 * KiB);
  expect(await one.end()).toBe(0);
});

test('with a limit, the agent takes little of what is left', async () => {
  const one = await limitedTo(40 * MiB);
  const size = addressSpace(one.pid);
  expect((await runSleeper(['dump', String(one.pid)])).code).toBe(exitCodes.ok);
  expect(addressSpace(one.pid) - size).toBeLessThan(12 * MiB);
  expect(await one.end()).toBe(0);
});

test('with a limit, a recording takes half of what is left, and says so', async () => {
  const one = await limitedTo(40 * MiB);
  expect((await runSleeper(['inject', String(one.pid)])).code).toBe(exitCodes.ok);
  const size = addressSpace(one.pid);
  const path = join(directory, 'limited.sleeper');
  const record = ['record', '-p', String(one.pid), '-r', '50', '--buffer', '256', '-o', path];
  const recording = spawn(sleeper, record, { stdio: ['ignore', 'ignore', 'pipe'] });
  const told = text(recording.stderr);
  const closed = once(recording, 'close');
  await until(() => addressSpace(one.pid) > size);
  const taken = addressSpace(one.pid) - size;
  expect(taken).toBeGreaterThan(10 * MiB);
  expect(taken).toBeLessThanOrEqual(20 * MiB);
  await until(() => existsSync(path) && readFileSync(path, 'utf8').includes('\n["sample"'));
  recording.kill('SIGINT');
  expect(await closed).toEqual([0, null]);
  expect(await told).toContain(
    'of 256 MiB of memory in the process: half of what the limit of address space',
  );
  expect((await readRecording(path)).meta.warnings).toContainEqual(expect.stringContaining('of 256 MiB'));
  expect(addressSpace(one.pid)).toBe(size);
  expect(await one.end()).toBe(0);
});

test('with next to nothing left, a recording is refused before it is begun', async () => {
  const one = await limitedTo(7 * MiB);
  expect((await runSleeper(['inject', String(one.pid)])).code).toBe(exitCodes.ok);
  const { code, err } = await runSleeper(['record', '-p', String(one.pid), '-d', '1'], { cwd: directory });
  expect([code, err]).toEqual([
    exitCodes.badState,
    expect.stringContaining('until the limit of address space'),
  ]);
  expect(readdirSync(directory)).not.toContainEqual(expect.stringContaining(String(one.pid)));
  expect(statusOf(one.pid).tracerPid).toBe(0);
  expect(await one.end()).toBe(0);
});
