import { afterEach, describe, expect, test } from '@jest/globals';
import { findPythons } from '../../support/pythons.js';
import { until } from '../../support/until.js';
import { startLive, type LiveProcess } from './liveProcess.js';

let target: LiveProcess | undefined;
afterEach(() => target?.kill());

const main = { frame: null, mode: 'expression' } as const;
const sleepingCalls = ['nanosleep', 'clock_nanosleep'];
const two = { kind: 'answer', value: { value: { text: '2' } } };

describe.each(findPythons())('$label', (python) => {
  test('when the GIL does not come, it is not waited for beyond the deadline', async () => {
    target = await startLive(python.executable, []);
    const live = await target.open();
    expect(await live.evaluate({ ...main, source: '1+1' })).toMatchObject(two);
    target.send('hold 1500');
    const line = target.nextLine();
    // A question that it came in the middle of would be interrupted.
    await until(() => sleepingCalls.includes(target!.call()));
    expect(await live.evaluate({ ...main, source: '1+1', timeoutMs: 250 })).toEqual({ kind: 'noGil' });
    expect(await live.evaluate({ ...main, source: '1+1', timeoutMs: 10_000 })).toMatchObject(two);
    expect(await line).toBe('0');
    await live.close();
    await until(() => target?.threads().length === 1);
    expect(await target.end()).toBe(0);
  });

  test('a loop is ended by its deadline, or by the person, and the next question is answered', async () => {
    target = await startLive(python.executable, []);
    const live = await target.open();
    const forever = '[None for _ in iter(int, 1)]';
    expect(await live.evaluate({ ...main, source: forever, timeoutMs: 200 })).toEqual({
      kind: 'interrupted',
      by: 'deadline',
    });
    const abort = new AbortController();
    const looping = live.evaluate({ ...main, source: forever, timeoutMs: 60_000 }, abort.signal);
    setImmediate(() => abort.abort());
    expect(await looping).toEqual({ kind: 'interrupted', by: 'signal' });
    // Code may catch it, and need not stand where it does: at the head of a loop this code does not.
    const source = 'while True:\n  try:\n    while True: (lambda: None)()\n  except BaseException: break';
    const caught = await live.evaluate({ frame: null, mode: 'statement', source, timeoutMs: 200 });
    expect(['answer', 'interrupted']).toContain(caught.kind);
    expect(await live.evaluate({ ...main, source: '1+1' })).toMatchObject(two);
    await live.close();
    await until(() => target?.threads().length === 1);
    expect(await target.end()).toBe(0);
  });

  test('a call that no exception reaches is left behind, and ends by itself', async () => {
    target = await startLive(python.executable, []);
    const live = await target.open();
    const locks = { ...main, source: 'locked.acquire()', timeoutMs: 500 };
    const stuck = await live.evaluate(locks);
    expect(stuck).toMatchObject({ kind: 'stuck', by: 'deadline' });
    expect(target.threads()).toContain(String(stuck.kind === 'stuck' && stuck.tid));
    const abort = new AbortController();
    const waiting = live.evaluate({ ...locks, timeoutMs: 60_000 }, abort.signal);
    setTimeout(() => abort.abort(), 20);
    expect(await waiting).toMatchObject({ kind: 'stuck', by: 'signal' });
    expect(await live.evaluate({ ...main, source: '1+1' })).toMatchObject(two);
    expect(await live.evaluate(locks)).toMatchObject({ kind: 'stuck' });
    expect(await live.evaluate({ ...main, source: '1+1' })).toMatchObject({
      kind: 'over',
      reason: expect.stringContaining('stuck') as unknown as string,
    });
    await live.close();
    for (let round = 0; round < 3; round++) {
      await target.tell('unlock');
      await until(() => target?.threads().length === 3 - round);
    }
    const again = await target.open();
    expect(await again.evaluate({ ...main, source: '1+1' })).toMatchObject(two);
    await again.close();
    expect(await target.end()).toBe(0);
  });

  test('a thread that runs one instruction for ever gives the GIL up', async () => {
    target = await startLive(python.executable, []);
    const live = await target.open();
    target.send('spin');
    for (let round = 0; round < 20; round++)
      expect(await live.evaluate({ ...main, source: '1+1', timeoutMs: 2_000 })).toMatchObject(two);
    await live.close();
    await until(() => target?.threads().length === 1);
  });
});
