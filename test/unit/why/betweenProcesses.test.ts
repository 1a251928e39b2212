import { describe, expect, test } from '@jest/globals';
import type { SystemCall } from '../../../src/model/snapshot.js';
import type { WhyReport, WhyThread } from '../../../src/model/why.js';
import { withHoldersElsewhere } from '../../../src/why/sharedLocks.js';
import { stuckTogetherFinding, type StuckProcess } from '../../../src/why/stuckText.js';
import { aSnapshot } from '../../support/snapshots.js';

function aReport(pid: number, thread: Partial<WhyThread>): WhyReport {
  const { takenAt, process, sleeperVersion } = aSnapshot();
  const doing = 'waits in work (app.py:7) for lock 0x700 of multiprocessing, which another process has';
  return {
    ...{ schemaVersion: 1, sleeperVersion, takenAt, stoppedUs: 900, process: { ...process, pid } },
    ...{ verdict: 'not hung', text: `not hung: thread "main" (${pid}) ${doing}`, findings: [], warnings: [] },
    threads: [
      { ...{ tid: pid, name: 'main', python: true, doing, place: null, forMs: 900, waits: null }, ...thread },
    ],
  };
}

const wants: Partial<WhyThread> = {
  waits: { for: 'lock', what: '', address: '0x700', timeout: false, heldBy: null, shared: 'a+0' },
};

describe('who holds a lock between processes', () => {
  const holderOf = (...others: WhyReport[]) =>
    withHoldersElsewhere([aReport(1, wants), ...others])[0]?.threads[0]?.waits?.heldBy;

  test('is the one that says so in another process', () => {
    const holder = aReport(2, { holdsShared: ['b+0', 'a+0'] });
    expect(holderOf(holder)).toEqual({ tid: 2, name: 'main', pid: 2, how: 'owner', inferred: true });
    const [told] = withHoldersElsewhere([aReport(1, wants), holder]);
    const doing = 'waits in work (app.py:7) for lock 0x700 of multiprocessing, held by thread "main" (2) of';
    expect(told?.threads[0]?.doing).toBe(`${doing} process 2 (python3) (inferred)`);
    expect(told?.text).toBe(`not hung: thread "main" (1) ${doing} process 2 (python3) (inferred)`);
  });

  test('is nobody if two say so, or none, or of another lock', () => {
    const holder = (pid: number) => aReport(pid, { holdsShared: ['a+0'] });
    expect(holderOf(holder(2), holder(3))).toBeNull();
    expect(holderOf()).toBeNull();
    expect(holderOf(aReport(2, { holdsShared: ['a+32'] }))).toBeNull();
  });
});

describe('processes that stand still together', () => {
  const call = (name: string, more: Partial<SystemCall> = {}): SystemCall => ({
    ...{ number: 1, name, arguments: [], fds: [], futex: null },
    ...more,
  });
  const stuck = (pid: number, systemCall: SystemCall, pids: number[], within = false): StuckProcess => ({
    pid,
    command: 'app',
    threads: [{ tid: pid, call: systemCall, pids, certain: true, within }],
  });
  const text = (processes: StuckProcess[], ...reports: WhyReport[]) =>
    stuckTogetherFinding(processes, new Map(reports.map((report) => [report.process.pid, report]))).text;

  test('by their system calls, where no more is known', () => {
    const others: [SystemCall, string][] = [
      [call('read', { fds: [3] }), 'waits for data from fd 3 (up to process 1)'],
      [call('sendto', { fds: [4] }), 'waits for room to write to fd 4 (up to process 1)'],
      [call('poll', { fds: [4, 5] }), 'waits for something to happen on fd 4 and 5 (up to process 1)'],
      [call('wait4', { arguments: ['pid=1'] }), 'waits for process 1 to end (up to process 1)'],
      [call('futex'), 'waits for a lock between processes (up to process 1)'],
      [call('flock', { fds: [6] }), 'waits for a lock on fd 6 (up to process 1)'],
    ];
    for (const [systemCall, expected] of others)
      expect(text([stuck(1, call('read', { fds: [0] }), [2]), stuck(2, systemCall, [1, 2])])).toBe(
        'deadlock between processes: process 1 (app): waits for data from fd 0 (up to process 2); ' +
          `process 2 (app): ${expected}; no process but these 2 could let one of them go on`,
      );
  });

  test('a thread that waits for its own process is not told, if there is another', () => {
    const two = stuck(1, call('read', { fds: [0] }), [2]);
    const inner = { tid: 9, call: call('futex'), pids: [1], certain: true, within: true };
    const told = text([{ ...two, threads: [inner, ...two.threads] }, stuck(2, call('futex'), [2], true)]);
    expect(told).toContain('process 1 (app): waits for data from fd 0 (up to process 2); process 2');
    expect(told).toContain('process 2 (app): waits for a lock;');
  });

  test('a lock that nobody has was left behind, if all of them were asked', () => {
    const processes = [
      stuck(1, call('wait4', { arguments: ['pid=2'] }), [2]),
      stuck(2, call('futex'), [1, 2]),
    ];
    const parent = aReport(1, {});
    expect(text(processes, parent, aReport(2, wants))).toMatch(
      /^lost lock between processes: .*; none of them holds the lock that process 2 waits for, /,
    );
    expect(text(processes, parent)).toMatch(/^deadlock between processes: /);
  });
});
