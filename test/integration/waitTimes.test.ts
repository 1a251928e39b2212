import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { KernelThread, Snapshot } from '../../src/model/snapshot.js';
import { readKernelThreads } from '../../src/target/kernelThreads.js';
import { runSleeper } from '../support/cli.js';
import { findPythons } from '../support/pythons.js';
import { standstill } from '../support/standstill.js';
import { startTarget, type Target } from '../support/target.js';
import { until } from '../support/until.js';

let target: Target | undefined;
afterEach(() => target?.kill());

const few = findPythons().filter((_, index, all) => index === 0 || index === all.length - 1);
const longMs = 1500;

/** Until the main thread has slept for long, by the kernel. */
async function sleepsForLong(pid: number): Promise<void> {
  await standstill(pid);
  await until(() => (threadOf(pid)?.lastRanMsAgo ?? 0) > longMs);
}

function threadOf(pid: number): KernelThread | undefined {
  return readKernelThreads(pid).find(({ tid }) => tid === pid);
}

/** For how long a look says that each thread has waited. */
async function waited(args: readonly string[], pid: number): Promise<Map<number | null, number | null>> {
  await standstill(pid);
  const { out, code, err } = await runSleeper([...args, '--json', String(pid)]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { threads } = JSON.parse(out) as Snapshot;
  return new Map(threads.map(({ tid, kernel }) => [tid, kernel?.lastRanMsAgo ?? null]));
}

describe.each(few)('on $label', ({ executable }) => {
  test('a look does not have the next one think that nobody has waited for long', async () => {
    target = await startTarget(executable, 'zoo.py', ['primitives']);
    const { pid } = target;
    await sleepsForLong(pid);
    const long = [...(await waited(['dump'], pid))].flatMap(([tid, ms]) => ((ms ?? 0) > longMs ? [tid] : []));
    expect(long).not.toEqual([]);
    for (const args of [['dump', '--live'], ['dump', '--native'], ['dump']]) {
      const times = await waited(args, pid);
      expect(long.filter((tid) => !((times.get(tid) ?? 0) > longMs))).toEqual([]);
    }
  });

  test('who has been woken since then waits anew, in the same place too', async () => {
    target = await startTarget(executable, 'watched.py');
    const { pid, child } = target;
    await sleepsForLong(pid);
    await waited(['dump'], pid);

    const wokenAt = performance.now();
    const worked = once(child.stdout!, 'data');
    child.stdin?.write('work\n');
    await worked;
    const anew = (await waited(['dump'], pid)).get(pid) ?? 0;
    expect(anew).toBeLessThan(performance.now() - wokenAt + 500);
  });
});
