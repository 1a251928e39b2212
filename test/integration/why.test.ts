import { afterEach, describe, expect, test } from '@jest/globals';
import { whyReport, type Finding, type WhyReport } from '../../src/model/why.js';
import { why } from '../../src/usecases/why.js';
import { findPythons, type Python } from '../support/pythons.js';
import { footprint, startTarget, statusOf, type Target } from '../support/target.js';
import { schemaErrors } from '../support/validate.js';

/** What test/targets/zoo.py says of itself: its locks, by what they are called there. */
interface Facts {
  locks: Record<string, string>;
}

let target: Target | undefined;
afterEach(() => {
  target?.kill();
  target = undefined;
});

/** Starts a scenario, asks why, and sees to it that the process is as it was. */
async function ask({ executable }: Python, scenario: string): Promise<{ facts: Facts; report: WhyReport }> {
  target = await startTarget(executable, 'zoo.py', [scenario]);
  const { pid } = target;
  const before = footprint(pid);
  const report = await why(pid, {
    sleeperVersion: '0.1.0',
    signal: new AbortController().signal,
    beforeInjection: () => Promise.reject(new Error('the agent is not there')),
    log: () => undefined,
  });
  expect(whyReport.parse(report)).toEqual(report);
  expect(schemaErrors('why', report)).toEqual([]);
  expect(report.process.pid).toBe(pid);
  expect(statusOf(pid).tracerPid).toBe(0);
  expect(footprint(pid)).toEqual(before);
  return { facts: JSON.parse(target.ready) as Facts, report };
}

/** The one thing that is wrong. */
function onlyHung({ verdict, findings }: WhyReport): Finding {
  const [one, ...others] = findings.filter(({ hung }) => hung);
  expect({ verdict, others }).toEqual({ verdict: 'hung', others: [] });
  if (one === undefined) throw new Error('nothing was found');
  return one;
}

/** Who waits for what and who has it, by the names of the threads. */
function waitsByName({ threads }: WhyReport): Record<string, [what: string | null, heldBy: string | null]> {
  return Object.fromEntries(
    threads.map(({ name, waits }) => [name ?? '', [waits?.address ?? null, waits?.heldBy?.name ?? null]]),
  );
}

describe.each(findPythons())('why, on $label', (python) => {
  test('names both locks of a deadlock and who has them', async () => {
    const { facts, report } = await ask(python, 'abba');

    const found = onlyHung(report);
    expect(found).toMatchObject({ kind: 'deadlock', inferred: true });
    expect(waitsByName(report)).toMatchObject({
      ab: [facts.locks['rlock'], 'ba'],
      ba: [facts.locks['lock'], 'ab'],
      MainThread: [expect.any(String), 'ab'],
    });
    expect(found.text).toMatch(
      new RegExp(
        `^deadlock: thread "ab" \\(\\d+\\) waits in transfer_ab \\(zoo.py:\\d+\\) for RLock ${facts.locks['rlock'] ?? ''}\\b.*, ` +
          `held by "ba" \\(\\d+\\), which waits in transfer_ba \\(zoo.py:\\d+\\) for Lock ${facts.locks['lock'] ?? ''}\\b.*, ` +
          `held by "ab" \\(\\d+\\) \\(inferred\\); thread "MainThread" \\(\\d+\\) waits behind$`,
      ),
    );
  });
});
