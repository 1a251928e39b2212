import { describe, expect, test } from '@jest/globals';
import { expectWell, few, kinds, onlyHung, standing, threes } from '../support/zoo.js';

const script = 'zoo_pools.py';

describe.each(threes(kinds))('a pool of threads that hangs, on $label', (python) => {
  test('all workers wait for work that is queued behind more of it', async () => {
    const { report } = await standing(python, 'all_wait', script);

    expect(onlyHung(report)).toMatchObject({ kind: 'starved pool', inferred: false });
    expect(onlyHung(report).tids).toHaveLength(3);
    expect(onlyHung(report).text).toMatch(
      /^deadlock of a thread pool: all 3 workers wait for work that is left to the same pool: thread ".*" \(\d+\) waits in outer \(zoo_pools.py:\d+\) for Future 0x\w+ to be done; 503 pieces of work are yet to be begun; 1 other thread waits behind$/,
    );
  });
});

describe.each(threes(kinds))('a pool of threads that hangs, on $label', (python) => {
  test('all workers wait for it by wait(), as_completed() and map()', async () => {
    const { report } = await standing(python, 'by_wait_and_map', script);

    expect(onlyHung(report)).toMatchObject({ kind: 'starved pool', inferred: false });
    expect(onlyHung(report).tids).toHaveLength(3);
    const doing = report.threads.map((thread) => thread.doing).join('\n');
    expect(doing).toMatch(/waits in waits \(zoo_pools.py:\d+\) for 2 futures to be done$/m);
    expect(doing).toMatch(/waits in completes \(zoo_pools.py:\d+\) for one of 2 futures to be done$/m);
    expect(doing).toMatch(/waits in maps \(zoo_pools.py:\d+\) for the results of map\(\)$/m);
  });
});

describe.each(threes(few))('pools of threads that hang, on $label', (python) => {
  test('two pools, whose workers wait for the other one', async () => {
    const { report } = await standing(python, 'two_pools', script);

    const hung = report.findings.filter((finding) => finding.hung);
    expect(hung).toMatchObject([{ kind: 'starved pool' }, { kind: 'starved pool' }]);
    expect(hung[0]?.text).toContain('left to workers that wait as well');
  });

  test('a worker that waits for another one, which waits for the pool', async () => {
    const { report } = await standing(python, 'one_for_the_other', script);

    expect(onlyHung(report)).toMatchObject({ kind: 'starved pool', inferred: true });
    expect(onlyHung(report).tids).toHaveLength(2);
  });

  test('workers that each wait for one of several, by wait()', async () => {
    const { report } = await standing(python, 'first_of', script);

    const hung = report.findings.filter((finding) => finding.hung);
    expect(hung).toMatchObject([{ kind: 'starved pool' }, { kind: 'starved pool' }]);
    expect(hung[0]?.text).toContain('for one of 3 futures to be done; 3 pieces of work are yet to be begun');
  });

  test('workers that wait for each other by wait() and as_completed(), and one that is busy', async () => {
    const { report } = await standing(python, 'workers_in_a_circle', script);

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: true });
    expect(onlyHung(report).tids).toHaveLength(2);
    expect(onlyHung(report).text).toMatch(
      /waits in first \(zoo_pools.py:\d+\) for 2 futures to be done, which is up to ".*" \(\d+\) \(inferred\), which waits in second \(zoo_pools.py:\d+\) for Future 0x\w+ to be done, which is up to/,
    );
  });

  test.each([
    ...['with_timeout', 'one_is_busy', 'one_more_worker', 'another_pool', 'set_by_hand', 'given'],
    ...['first_completed', 'first_exception', 'completed', 'all_with_timeout', 'completed_with_timeout'],
    ...['all_of_another_pool', 'mapped_with_timeout', 'called_back'],
  ])('not: %s', async (scenario) => {
    const { report } = await standing(python, scenario, script);

    expectWell(report);
    expect(report.findings).toEqual([]);
  });
});

describe.each(few)('a pool of threads of multiprocessing, on $label', (python) => {
  test('both workers wait for it', async () => {
    const { report } = await standing(python, 'thread_pool', script);

    expect(onlyHung(report)).toMatchObject({ kind: 'starved pool', inferred: false });
    expect(onlyHung(report).text).toMatch(
      /waits in (applied|mapped) \(zoo_pools.py:\d+\) for the result (Apply|Map)Result 0x\w+ of a pool; 2 pieces of work are yet to be begun/,
    );
  });

  test('not: one worker is busy', async () => {
    const { report } = await standing(python, 'busy_thread_pool', script);

    expectWell(report);
  });
});
