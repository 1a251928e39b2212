import { afterEach, expect, test } from '@jest/globals';
import type { ProcessFailure } from '../../../src/model/failure.js';
import type { WhyReport } from '../../../src/model/why.js';
import { runSleeper } from '../../support/cli.js';
import { anyPython } from '../../support/pythons.js';
import { standstill } from '../../support/standstill.js';
import { startTarget, type Target } from '../../support/target.js';
import { schemaErrors } from '../../support/validate.js';

let target: Target | undefined;
let child: number | undefined;
afterEach(() => {
  if (child !== undefined) process.kill(child, 'SIGKILL');
  child = undefined;
  target?.kill();
});

test('why --tree: which of the processes hangs', async () => {
  target = await startTarget(anyPython().executable, 'zoo.py', ['forked_rlock']);
  ({ pid: child } = JSON.parse(target.ready) as { pid: number });
  await standstill(child);
  const { code, out } = await runSleeper(['why', '--tree', String(target.pid), '--json']);
  expect(code).toBe(0);
  const reports = JSON.parse(out) as (WhyReport | ProcessFailure)[];
  expect(schemaErrors('why', reports)).toEqual([]);
  expect(
    reports.map((each) => ('error' in each ? each.error.code : [each.process.pid, each.verdict])),
  ).toEqual([
    [target.pid, 'not hung'],
    [child, 'hung'],
  ]);

  const text = (await runSleeper(['why', '-s', String(target.pid)])).out;
  const [first, , parent = '', below = ''] = text.split('\n');
  expect(first).toBe(`1 of 2 processes hangs: ${child}`);
  expect(parent).toMatch(new RegExp(`^${target.pid} .*not hung`));
  expect(below).toMatch(new RegExp(`^ {2}${child} `));
  // The one that hangs is told of in full, and only that.
  expect(text.match(/^Process \d+/gm)).toEqual([`Process ${child}`]);

  const dumped = (await runSleeper(['dump', '--tree', String(target.pid), '--no-locals'])).out;
  // In the overview, and above the dump of the one that hangs.
  expect(dumped.match(/lost lock: /g)).toHaveLength(2);
});

test('why with no process that matches', async () => {
  const { code, err } = await runSleeper(['why', '--match', 'no-such-program-[0-9]{9}']);
  expect(code).not.toBe(0);
  expect(err).toContain('no-such-program');
});
