import { closeSync, existsSync, openSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { findPythons } from '../../support/pythons.js';
import { readOpenFds } from '../../../src/usecases/openFds.js';
import { until } from '../../support/until.js';
import { startLive, type LiveProcess } from './liveProcess.js';

let target: LiveProcess | undefined;
afterEach(() => target?.kill());

const two = { kind: 'answer', value: { value: { text: '2' } } };
const onePlusOne = { frame: null, mode: 'expression', source: '1+1' } as const;

describe.each(findPythons())('$label: how a session ends', (python) => {
  test('closed: no thread, no descriptor, no module is left, and another can be opened', async () => {
    target = await startLive(python.executable);
    const before = { threads: target.threads(), fds: target.fds(), modules: await target.tell('modules') };
    for (let round = 0; round < 10; round++) {
      const live = await target.open();
      expect(await live.evaluate(onePlusOne)).toMatchObject(two);
      expect(readOpenFds(target.pid).fds).toHaveLength(before.fds.length);
      await live.close();
      await until(() => target?.threads().length === before.threads.length);
      expect(await target.tell('state')).toBe('0');
    }
    expect({ threads: target.threads(), fds: target.fds(), modules: await target.tell('modules') }).toEqual(
      before,
    );
    expect(await target.end()).toBe(0);
  });

  test('the CLI dies: the same', async () => {
    target = await startLive(python.executable, []);
    const before = { threads: target.threads(), fds: target.fds() };
    const [, requestFd] = (await target.tell('start')).split(' ').map(Number);
    const pipe = openSync(`/proc/${target.pid}/fd/${requestFd}`, 'w');
    expect((await target.tell('start')).split(' ')[0]).toBe('-114');
    // The other ends are closed when the first message comes: a cancellation of nothing.
    const { writeSync } = await import('node:fs');
    writeSync(pipe, Buffer.from(Uint32Array.of(0, 7, 2, 0).buffer));
    closeSync(pipe);
    await until(() => target?.threads().length === 1);
    expect({ threads: target.threads(), fds: target.fds() }).toEqual(before);
    expect(await target.end()).toBe(0);
  });

  test('the CLI dies while Python runs and while a long answer is written: the same', async () => {
    target = await startLive(python.executable, []);
    const before = target.fds();
    for (const source of ['[None for _ in iter(int, 1)]', '"x" * 9000000']) {
      const live = await target.open();
      void live.evaluate({ ...onePlusOne, source, timeoutMs: 60_000, maxLength: 10_000_000 });
      await until(() => (target?.threads().length ?? 0) > 2 || source.startsWith('"'));
      await live.close();
      await until(() => target?.threads().length === 1);
      expect(target.fds()).toEqual(before);
    }
    expect(await target.end()).toBe(0);
  });

  test('a fork: the child has nothing of it, the parent goes on', async () => {
    target = await startLive(python.executable, []);
    const live = await target.open();
    expect(await live.evaluate(onePlusOne)).toMatchObject(two);
    const looping = live.evaluate({
      ...onePlusOne,
      source: '[None for _ in iter(int, 1)]',
      timeoutMs: 300,
    });
    expect(await target.tell('fork')).toBe('16'); // one thread, no pipe, no session
    await looping;
    expect(await live.evaluate(onePlusOne)).toMatchObject(two);
    // The child that is forked by a question itself has no answer to give.
    const forked = await live.evaluate({ ...onePlusOne, source: '__import__("os").fork()' });
    const child = forked.kind === 'answer' ? forked.value.value?.text : undefined;
    const waited = await live.evaluate({ ...onePlusOne, source: `__import__("os").waitpid(${child}, 0)[1]` });
    expect(waited).toMatchObject({ value: { value: { text: '0' } } });
    await live.close();
    expect(await target.end()).toBe(0);
  });

  test('the program is replaced', async () => {
    target = await startLive(python.executable, []);
    const live = await target.open();
    expect(await live.evaluate(onePlusOne)).toMatchObject(two);
    const fds = target.fds().length;
    expect(await target.tell('exec')).toBe('replaced');
    expect(await live.evaluate(onePlusOne)).toMatchObject({ kind: 'over' });
    expect(target.fds().length).toBeLessThan(fds);
    expect(await target.end()).toBe(0);
  });

  test.each([
    ['idle', null],
    ['in Python', '[None for _ in iter(int, 1)]'],
    ['in a call', 'time.sleep(3600)'],
  ])('the interpreter ends while the session is %s', async (_, source) => {
    target = await startLive(python.executable, []);
    const live = await target.open();
    const running = source === null ? null : live.evaluate({ ...onePlusOne, source, timeoutMs: 60_000 });
    if (running !== null) await until(() => target?.threads().length === 3);
    target.send('exit 7');
    expect(await target.exited).toBe(7);
    if (running !== null) expect(['over', 'interrupted']).toContain((await running).kind);
    expect(await live.evaluate(onePlusOne)).toMatchObject({ kind: 'over' });
    expect(existsSync(`/proc/${target.pid}`)).toBe(false);
    await live.close();
  });

  // 2.7 lets other threads run while it takes modules apart: there what has been a function is None.
  if (python.short === 0x0207)
    test('the interpreter ends slowly, and the question fails of that', async () => {
      target = await startLive(python.executable, []);
      const live = await target.open();
      const sleeps = 'type("Late", (object,), {"__del__": lambda self, sleep=time.sleep: sleep(0.02)})()';
      const late = `__import__("__builtin__").__dict__.update(("late%d" % i, ${sleeps}) for i in range(20))`;
      expect(await live.evaluate({ ...onePlusOne, source: late })).toMatchObject({ kind: 'answer' });
      const source = '[None for _ in iter(lambda: abs(1), 0)]';
      const running = live.evaluate({ ...onePlusOne, source, timeoutMs: 60_000 });
      await until(() => target?.threads().length === 3);
      target.send('exit 7');
      expect(await running).toEqual({ kind: 'over', reason: 'its interpreter is ending' });
      expect(await target.exited).toBe(7);
      await live.close();
    });
});
