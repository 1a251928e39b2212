import { afterEach, describe, expect, test } from '@jest/globals';
import { readKernelThreads } from '../../src/target/kernelThreads.js';
import { runSleeper } from '../support/cli.js';
import { findPythons } from '../support/pythons.js';
import { startTarget, type Target } from '../support/target.js';
import { until } from '../support/until.js';

let target: Target | undefined;
afterEach(() => target?.kill());

const few = findPythons().filter((_, index, all) => index === 0 || index === all.length - 1);

describe.each(few)('$label without the agent', ({ executable }) => {
  test('the first look knows for how long a thread has waited, though it wakes it to load the agent', async () => {
    target = await startTarget(executable, 'zoo.py', ['gil'], { bare: true });
    const { pid } = target;
    const asleepMs = (): number => readKernelThreads(pid).find(({ tid }) => tid === pid)?.lastRanMsAgo ?? 0;
    await until(() => asleepMs() > 1500);
    const { code, out } = await runSleeper(['why', String(pid)]);
    expect(out).toContain('the GIL is held by thread "MainThread"');
    expect(code).toBe(0);
  });
});
