import { afterEach, describe, expect, test } from '@jest/globals';
import { snapshot } from '../../../src/model/snapshot.js';
import { runSleeper } from '../../support/cli.js';
import { anyPython, findPythons } from '../../support/pythons.js';
import { sleepsOn } from '../../support/sleepsOn.js';
import { footprint, startTarget, statusOf, type Target } from '../../support/target.js';
import { until } from '../../support/until.js';
import { schemaErrors } from '../../support/validate.js';

let target: Target | undefined;
afterEach(() => target?.kill());

describe.each(findPythons())('$label: dump --live', ({ executable }) => {
  test('shows what the values say of themselves; a bad repr() costs its own value only', async () => {
    target = await startTarget(executable, 'reprs.py', [], { bare: true });
    const { pid } = target;
    const before = footprint(pid);

    const { code, out } = await runSleeper(['dump', '--live', '--json', String(pid)]);

    expect(code).toBe(0);
    expect(schemaErrors('dump', JSON.parse(out))).toEqual([]);
    const { threads } = snapshot.parse(JSON.parse(out));
    const frame = threads[0]?.python?.frames.find((each) => 'function' in each && each.function === 'stand');
    const variables = frame !== undefined && 'function' in frame ? (frame.variables ?? []) : [];
    const byName = Object.fromEntries(variables.map((variable) => [variable.name, variable]));
    const own = { how: 'repr', repr: 'Works, by its own account' };
    expect(byName).toMatchObject({
      works: own,
      behind: own,
      raises: { how: 'raw', reason: 'repr raised ValueError: no text for you' },
      sleeps: { how: 'raw', reason: expect.stringMatching(/^repr (timed out|is stuck)/) as unknown },
      huge: { type: 'Huge' },
    });
    expect(JSON.stringify(byName['huge']).length).toBeLessThan(11_000);
    // The thread that is in the long sleep ends when that does.
    await until(() => JSON.stringify(footprint(pid)) === JSON.stringify(before));
    await sleepsOn(pid);
    expect(await target.end()).toBe(0);
  });
});

test('where the GIL is not to be had it is said who has it, in Python and in C', async () => {
  target = await startTarget(anyPython().executable, 'hung.py', ['gil'], { bare: true });
  const { code, out } = await runSleeper(['dump', '--live', '--json', String(target.pid)]);
  expect(code).toBe(0);
  const { warnings } = snapshot.parse(JSON.parse(out));
  const [{ message } = { message: '' }] = warnings.filter(({ where }) => where === 'live');
  expect(message).toMatch(
    new RegExp(
      `thread ${String(target.pid)} "MainThread" holds it in gil \\(.*hung\\.py:\\d+\\), in C: .*\\busleep\\b`,
    ),
  );
  expect(statusOf(target.pid).tracerPid).toBe(0);
});
