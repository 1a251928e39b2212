import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import type { Snapshot } from '../../src/model/snapshot.js';
import { runSleeper } from '../support/cli.js';
import { anyPython, findPythons } from '../support/pythons.js';
import { sleepsOn } from '../support/sleepsOn.js';
import { startTarget, type Target } from '../support/target.js';

let target: Target | undefined;
afterEach(() => target?.kill());

const newest = findPythons()
  .filter(({ short }) => short >= 0x030c)
  .at(-1);

(newest === undefined ? test.skip : test)(
  'a stack of a million calls and a value of a gibibyte are shown in part',
  async () => {
    target = await startTarget(newest?.executable ?? '', 'large.py');
    const { code, out } = await runSleeper(['dump', '--json', String(target.pid)]);
    expect(code).toBe(0);
    const [main] = (JSON.parse(out) as Snapshot).threads;
    const frames = main?.python?.frames ?? [];
    expect(main?.python?.framesTruncated).toBeDefined();
    expect(frames).toHaveLength(1000);
    const variables = frames.flatMap((frame) => ('variables' in frame ? (frame.variables ?? []) : []));
    const blobs = variables.filter(({ name }) => name === 'blob');
    expect(blobs).toHaveLength(1000);
    expect(blobs[0]).toMatchObject({ type: 'bytes', truncated: { total: 2 ** 30 } });
    await sleepsOn(target.pid);
    expect(await target.end()).toBe(0);
  },
);

const MiB = 1024 ** 2;

/** Of memory of its own a process has so many bytes, and so many of these it has offered the kernel. */
function ownMemory(pid: number): { bytes: number; offered: number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const [bytes = NaN, offered = NaN] = ['Anonymous', 'LazyFree'].map(
    (name) => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(rollup)?.[1]) * 1024,
  );
  return { bytes, offered };
}

test('the memory of a long answer is offered to the kernel', async () => {
  target = await startTarget(anyPython().executable, 'wide.py');
  const before = ownMemory(target.pid);
  const { out } = await runSleeper(['dump', '--json', '--max-length', '100000', String(target.pid)]);
  const after = ownMemory(target.pid);

  expect(out.length).toBeGreaterThan(20 * MiB);
  expect(after.offered).toBeGreaterThan(20 * MiB);
  expect(after.bytes - after.offered - before.bytes).toBeLessThan(3 * MiB);
  expect(await target.end()).toBe(0);
});
