import { afterEach, describe, expect, test } from '@jest/globals';
import type { LiveTarget, LiveValue } from '../../../src/live/liveTarget.js';
import { findPythons } from '../../support/pythons.js';
import { until } from '../../support/until.js';
import { frameOf, startLive, type LiveProcess } from './liveProcess.js';

let target: LiveProcess | undefined;
afterEach(() => target?.kill());

const budget = { valueMs: 400, totalMs: 20_000, maxLength: 300, totalLength: 100_000 };

async function valuesOf(
  live: LiveTarget,
  thread: string,
): Promise<{ values: Readonly<Record<string, LiveValue>>; ms: number }> {
  const begun = performance.now();
  const frame = await frameOf(target!, live, thread, thread);
  const answer = await live.variables({ frames: [frame], ...budget });
  if (answer.kind !== 'answer') throw new Error(JSON.stringify(answer));
  const [first] = answer.value;
  if (first?.kind !== 'variables') throw new Error(JSON.stringify(first));
  return { values: first.values, ms: performance.now() - begun };
}

describe.each(findPythons())('$label', (python) => {
  test('a repr() that misbehaves costs its own value only', async () => {
    target = await startLive(python.executable);
    const live = await target.open();
    const { values } = await valuesOf(live, 'nasty');
    const raw = (reason: string) => ({
      how: 'raw',
      reason: expect.stringContaining(reason) as unknown as string,
    });
    expect(values).toMatchObject({
      a_raises: { ...raw('repr raised ValueError: no text for you'), type: '__main__.Raises' },
      b_exits: raw('repr raised SystemExit: 3'),
      c_loops: raw('repr timed out'),
      d_stubborn: {
        text: expect.stringMatching(/^(Stubborn|<__main__\.Stubborn object at 0x.*>)$/) as unknown as string,
      },
      e_recurses: raw(python.short < 0x0305 ? 'repr raised RuntimeError' : 'repr raised RecursionError'),
      f_prints: { text: 'Prints', how: 'repr' },
      g_huge: { text: expect.stringMatching(/^x{300}\.\.\.$|^<__main__\.Huge object/) as unknown as string },
      h_no_string: raw('repr raised TypeError'),
      j_list: {
        text: expect.stringMatching(
          /^\[1, <__main__\.Raises object at 0x.*>, 'fine'\]$/,
        ) as unknown as string,
      },
      k_text: { total: 50_000_002 },
      m_itself: { text: '[[...]]', how: 'repr' },
      z_good: { text: "'good'", how: 'repr' },
    });
    expect(values['l_many']?.text).toMatch(/^\[0, 1, 2, .*\.\.\.\]$/);
    await live.close();
    await until(() => target?.threads().length === 5);
    expect(await target.tell('active')).toBe('5');
    expect(await target.end()).toBe(0);
  });

  test('after a repr() that is stuck, the other values are still printed', async () => {
    target = await startLive(python.executable);
    const before = target.threads();
    const live = await target.open();
    const { values } = await valuesOf(live, 'blocking');
    expect(values).toMatchObject({
      a_sleeps: { how: 'raw', reason: 'repr is stuck' },
      b_locks: { how: 'raw', reason: 'repr is stuck' },
      z_good: { text: "'good'", how: 'repr' },
    });
    await live.close();
    // What was stuck in the lock ends when it gets it, though the session is over; the other one sleeps on.
    await target.tell('unlock');
    await until(() => target?.threads().length === before.length + 1);
    expect(await target.end()).toBe(0);
  });

  test('with a limit of recursion that no stack could hold', async () => {
    target = await startLive(python.executable);
    await target.tell('limit');
    const live = await target.open();
    const { values } = await valuesOf(live, 'nasty');
    expect(values).toMatchObject({
      e_recurses: {
        how: 'raw',
        reason: expect.stringMatching(/^repr (raised|timed out)/) as unknown as string,
      },
      z_good: { text: "'good'" },
    });
    await live.close();
    expect(await target.end()).toBe(0);
  });
});
