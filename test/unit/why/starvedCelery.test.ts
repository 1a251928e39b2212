import { describe, expect, test } from '@jest/globals';
import type { WhyReport } from '../../../src/model/why.js';
import { withStarvedCelery } from '../../../src/usecases/across/starvedCelery.js';
import { aSnapshot } from '../../support/snapshots.js';

const { signal } = new AbortController();

function aReport(pid: number, waits: WhyReport['threads'][number]['waits'], more: object = {}): WhyReport {
  const { takenAt, process, sleeperVersion } = aSnapshot();
  return {
    ...{ schemaVersion: 1, sleeperVersion, takenAt, stoppedUs: 900 },
    process: { ...process, pid, parentPid: pid === 1 ? 0 : 1 },
    ...{ verdict: 'not hung', text: 'not hung', findings: [], warnings: [] },
    threads: [{ tid: pid, name: 'main', python: true, doing: 'waits', place: null, forMs: 900, waits }],
    ...more,
  };
}

const wait = { for: 'future', what: 'a result', timeout: true, address: null, heldBy: null } as const;
const worker = (pid: number, task: string | null): WhyReport =>
  aReport(pid, task === null ? wait : { ...wait, task });
const main = (processes: number | null, waiting: string[], atRest = true): WhyReport =>
  aReport(1, atRest ? { ...wait, for: 'work' } : null, { celery: { processes, waiting } });

/** The processes that hang, and how often the main one was asked once more. */
async function hung(reports: WhyReport[], ...answers: WhyReport[]): Promise<[number[], number]> {
  let asked = 0;
  const ask = (pid: number): Promise<WhyReport> => {
    expect(pid).toBe(1);
    const answer = answers[asked++];
    return answer === undefined ? Promise.reject(new Error('it has ended')) : Promise.resolve(answer);
  };
  const told = await withStarvedCelery(reports, ask, signal);
  expect(told.map(({ process: { pid } }) => pid)).toEqual(reports.map(({ process: { pid } }) => pid));
  return [told.flatMap(({ verdict, process: { pid } }) => (verdict === 'hung' ? [pid] : [])), asked];
}

describe('a pool of Celery', () => {
  const pool = [worker(2, 'a'), worker(3, 'b')];

  test('all of whose processes wait for tasks that it has yet to begin', async () => {
    expect(await hung([main(2, []), ...pool], main(2, ['a', 'b']))).toEqual([[2, 3], 1]);
    const [, told] = await withStarvedCelery(
      [main(1, []), worker(2, 'a')],
      () => Promise.resolve(main(1, ['a', 'b', 'c'])),
      signal,
    );
    expect(told).toMatchObject({
      findings: [{ kind: 'starved pool', hung: true, inferred: true, tids: [2] }],
      text:
        'deadlock of a pool of Celery: the only process waits for tasks that are left to the same pool, of worker 1: ' +
        'thread "main" (2) waits; 3 tasks are yet to be begun',
    });
  });

  test('that is asked again until its main process is at rest', async () => {
    const busy = main(2, ['a', 'b'], false);
    expect(await hung([main(2, []), ...pool], busy, busy, main(2, ['a', 'b']))).toEqual([[2, 3], 3]);
    expect(await hung([main(2, []), ...pool], busy, busy, busy, busy, busy)).toEqual([[], 5]);
    expect(await hung([main(2, []), ...pool])).toEqual([[], 1]);
  });

  test('is well if a task was begun, or is not its own, or one process does something else', async () => {
    expect(await hung([main(2, ['a', 'b']), ...pool], main(2, ['a']))).toEqual([[], 1]);
    expect(await hung([main(2, []), worker(2, 'a'), worker(3, null)])).toEqual([[], 0]);
    expect(await hung([main(3, []), ...pool])).toEqual([[], 0]);
    expect(await hung([main(null, []), ...pool])).toEqual([[], 0]);
    expect(await hung([main(2, []), ...pool], main(3, ['a', 'b']))).toEqual([[], 1]);
  });
});
