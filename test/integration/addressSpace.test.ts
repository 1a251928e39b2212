import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { exitCodes } from '../../src/errors.js';
import { runSleeper } from '../support/cli.js';
import { anyPython } from '../support/pythons.js';
import { footprint, startTarget, sleepsOn, type Target } from '../support/target.js';

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
