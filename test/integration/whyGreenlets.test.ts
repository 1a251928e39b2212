import { afterAll, afterEach, describe, expect } from '@jest/globals';
import type { WhyReport } from '../../src/model/why.js';
import { runSleeper } from '../support/cli.js';
import { debianPython, Servers } from '../support/servers.js';
import { startTarget, statusOf, type Target } from '../support/target.js';
import { sleepsFor } from '../support/zoo.js';

const servers = new Servers();
let target: Target | null = null;
afterEach(() => target?.kill());
afterAll(() => servers.remove());

async function why(pid: number): Promise<WhyReport> {
  const { code, out, err } = await runSleeper(['why', String(pid), '--json']);
  expect({ code, err }).toMatchObject({ code: 0 });
  return JSON.parse(out) as WhyReport;
}

/** An animal of the zoo is asked after: the kinds of its findings, those that hang marked by "!", and the report. */
async function asked(animal: string): Promise<{ kinds: string[]; report: WhyReport }> {
  target = await startTarget(debianPython, 'gevent_zoo.py', [animal]);
  const report = await why(target.pid);
  expect(statusOf(target.pid)).toMatchObject({ tracerPid: 0 });
  return { kinds: report.findings.map(({ kind, hung }) => (hung ? `${kind}!` : kind)), report };
}

function doing(report: WhyReport, name: string): string {
  return report.greenlets?.find((each) => each.name === name)?.doing ?? '';
}

describe('why, of programs of gevent', () => {
  for (const [animal, what] of [
    ['deadlock_semaphores', ['BoundedSemaphore', 'Semaphore']],
    ['deadlock_rlocks', ['RLock', 'RLock']],
    ['deadlock_patched', ['RLock', 'LockType']],
  ] as const) {
    servers.test('greenlet', `a deadlock: ${animal}`, async () => {
      const { kinds, report } = await asked(animal);
      expect(kinds).toEqual(['deadlock!']);
      const [a, b] = what;
      expect(doing(report, 'ab')).toMatch(
        new RegExp(`^waits in take_both \\(gevent_zoo\\.py:\\d+\\) for ${a} 0x\\w+, held by "ba" 0x`),
      );
      expect(doing(report, 'ba')).toMatch(new RegExp(` for ${b} 0x\\w+, held by "ab" 0x`));
      expect(doing(report, 'behind')).toMatch(/held by "ab" 0x/);
      expect(report.text).toMatch(/greenlet "behind" 0x\w+ waits in wait_with .* behind$/);
    });
  }

  for (const [animal, expected, text] of [
    ['twice', ['deadlock!'], / for LockType 0x\w+, which it has itself$/],
    ['joined_in_circle', ['deadlock!'], /to end, which waits in .* for greenlet 0x\w+ to end$/],
    ['never_released', ['lost owner!'], /^lost lock: 3 greenlets wait for LockType 0x\w+, which no greenlet/],
    ['never_released_rlock', ['lost owner!'], /"waits" 0x\w+ waits in .* whose owner has ended without/],
    // A semaphore may be released by anybody, such as who reads the standard input here.
    ['never_released_semaphore', ['lost owner'], /^not hung: .*; 4 greenlets: 2 wait for locks/],
    ['slow_holder', ['queued'], /^not hung: .*; 5 greenlets: 2 wait for locks/],
    ['server', [], /^not hung: .*; 13 greenlets: 4 wait for data or connections, /],
  ] as const) {
    servers.test('greenlet', animal, async () => {
      const { kinds, report } = await asked(animal);
      expect({ kinds, text: report.text }).toEqual({ kinds: expected, text: expect.stringMatching(text) });
    });
  }

  servers.test('greenlet', 'a call that gevent does not replace', async () => {
    target = await startTarget(debianPython, 'gevent_zoo.py', ['blocked_hub']);
    const { pid } = target;
    // It is told once the call has lasted for a second; a look interrupts it.
    await sleepsFor(pid, 1000);
    const report = await why(pid);
    expect(report.findings).toMatchObject([{ kind: 'hub blocked', hung: false }]);
    expect(report.findings[0]?.text).toMatch(/waits in blocked_hub .* its other greenlet waits until/);
  });

  servers.test('greenlet', 'the REPL lists them, and shows one', async () => {
    target = await startTarget(debianPython, 'gevent_zoo.py', ['deadlock_rlocks']);
    const { code, out } = await runSleeper(
      ['repl', String(target.pid)].concat(['greenlets', 'greenlets ab'].flatMap((verb) => ['-c', verb])),
    );
    expect(code).toBe(0);
    expect(out).toMatch(
      /^"ba" 0x\w+ +\d+ +take_both \(gevent_zoo\.py:\d+\) +waits for RLock 0x\w+, held by "ab" /m,
    );
    expect(out).toMatch(/^Greenlet "ab" 0x\w+ {2}waits for RLock .*\n {2}LockType\.acquire \(/m);
  });
});
