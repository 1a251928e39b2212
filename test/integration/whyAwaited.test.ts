import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { exitCodes } from '../../src/errors.js';
import { whyReport, type AwaitedProcess, type WhyReport } from '../../src/model/why.js';
import { runSleeper } from '../support/cli.js';
import { standstill } from '../support/standstill.js';
import { footprint, statusOf } from '../support/target.js';
import { few, start, type Facts } from '../support/zoo.js';

/** Asks as a person does, and sees to it that both processes are as they were. */
async function told(pid: number, child: number): Promise<WhyReport> {
  await standstill(pid);
  await standstill(child);
  const maps = (): string => readFileSync(`/proc/${child}/maps`, 'utf8');
  const before = [footprint(pid), footprint(child), maps()];
  const { code, out } = await runSleeper(['why', '--json', String(pid)]);
  expect(code).toBe(exitCodes.ok);
  expect([footprint(pid), footprint(child), maps()]).toEqual(before);
  expect(statusOf(child).tracerPid).toBe(0);
  return whyReport.parse(JSON.parse(out));
}

function onlyAwaited({ awaited = [] }: WhyReport): AwaitedProcess {
  const [one, ...more] = awaited;
  expect(more).toEqual([]);
  if (one === undefined) throw new Error('no process is awaited');
  return one;
}

async function startWithChild(
  ...choice: Parameters<typeof start>
): Promise<Omit<Facts, 'child'> & { child: number }> {
  const facts = await start(...choice);
  return { ...facts, child: facts.child ?? 0 };
}

// What of it depends on Python is what each look does.
describe.each([...few.slice(0, 1), ...few.slice(-1)])(
  'where the process is that is waited for, on $label',
  (python) => {
    test('which has the agent: in Python, by itself', async () => {
      const { pid, child } = await startWithChild(python, 'inside', 'zoo_peers.py');
      const report = await told(pid, child);

      expect(onlyAwaited(report)).toMatchObject({ pid: child, tids: [pid], python: true, inside: true });
      expect(onlyAwaited(report).doing).toMatch(
        /"MainThread" \(\d+\) waits in look_up \(zoo_peers.py:\d+\) for Lock/,
      );
      expect(onlyAwaited(report).stack.map((frame) => frame.function)).toEqual([
        'look_up',
        'answer',
        'serve',
        'in_child',
        'inside',
      ]);
      // They hang together, and that is told with where it is.
      expect(report.findings[0]).toMatchObject({ kind: 'deadlock', inferred: true });
      expect(report.text).toMatch(new RegExp(`process ${child} .* waits in look_up \\(zoo_peers`));
    });

    test('which has not: what /proc tells, and it is left alone', async () => {
      const { pid, child } = await startWithChild(python, 'outside', 'zoo_peers.py');
      const report = await told(pid, child);

      expect(onlyAwaited(report)).toEqual({
        ...{ pid: child, tids: [pid], python: true, inside: false, stack: [] },
        command: expect.stringContaining('zoo_peers.py server'),
        doing: 'its main thread waits for a lock',
      });
    });

    test('which is not Python', async () => {
      const { pid, child } = await startWithChild(python, 'no_python', 'zoo_peers.py');
      const report = await told(pid, child);

      expect(onlyAwaited(report)).toMatchObject({ pid: child, tids: [pid], command: 'cat', python: false });
      expect(onlyAwaited(report).doing).toMatch(
        new RegExp(`^its main thread waits for data from fd 0: read end of pipe \\d+, other end: ${pid} `),
      );
    });
  },
);
