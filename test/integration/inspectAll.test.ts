import { afterEach, expect, test } from '@jest/globals';
import { ProcessTable } from '../../src/target/processTree.js';
import { inspectAll } from '../../src/usecases/inspectAll.js';
import { startCommand, type RunningCommand } from '../support/command.js';
import { anyPython } from '../support/pythons.js';

let running: RunningCommand[] = [];
afterEach(async () => {
  await Promise.all(running.map((each) => each.end()));
  running = [];
});

const standStill = ['-c', 'print("ready", flush=True); import sys; sys.stdin.read()'];

/** Some processes that stand still, as a tree of roots. */
async function start(count: number) {
  const { executable } = anyPython();
  running = await Promise.all(Array.from({ length: count }, () => startCommand(executable, standStill)));
  return new ProcessTable().arranged(running.map(({ pid }) => pid));
}

const quiet = new AbortController().signal;

test('four at once at the most, and the results in the order of the processes', async () => {
  const processes = await start(7);
  let now = 0;
  let most = 0;
  const finish: (() => void)[] = [];
  const work = inspectAll(
    processes,
    async (pid) => {
      most = Math.max(most, ++now);
      await new Promise<void>((resolve) => finish.push(resolve));
      now--;
      return pid * 2;
    },
    { signal: quiet },
  );
  let done = false;
  void work.finally(() => (done = true));
  // The last that was begun ends first.
  while (!(done as boolean)) {
    finish.pop()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(most).toBe(4);
  expect((await work).map((each) => (each.kind === 'described' ? each.result : null))).toEqual(
    processes.map(({ pid }) => pid * 2),
  );
});

test('one that fails costs only itself; one that has ended meanwhile is told as that', async () => {
  const processes = await start(3);
  const [first, second] = running;
  const results = await inspectAll(
    processes,
    async (pid) => {
      if (pid === first?.pid) throw new Error('oh');
      if (pid === second?.pid) {
        await second.end();
        throw new Error('the memory cannot be read');
      }
      return 'fine';
    },
    { signal: quiet },
  );
  const byPid = new Map(results.map((each) => [each.process.pid, each]));
  expect(byPid.get(first?.pid ?? 0)).toMatchObject({ kind: 'failed', error: { code: 'unexpected' } });
  expect(byPid.get(second?.pid ?? 0)).toMatchObject({ kind: 'failed', error: { code: 'no-such-process' } });
  expect(results.filter(({ kind }) => kind === 'described')).toHaveLength(1);
});

test('an abort waits for what is under way, and begins nothing else', async () => {
  const processes = await start(6);
  const abort = new AbortController();
  let begun = 0;
  let letGo = 0;
  const work = inspectAll(
    processes,
    () => {
      begun++;
      if (begun === 4) abort.abort(new Error('enough'));
      return new Promise<never>((_resolve, reject) => {
        const end = (): void => {
          // As a gdb takes some time to let go.
          setImmediate(() => {
            letGo++;
            reject(new Error('broken off'));
          });
        };
        if (abort.signal.aborted) end();
        else abort.signal.addEventListener('abort', end);
      });
    },
    { signal: abort.signal },
  );
  await expect(work).rejects.toThrow('enough');
  expect({ begun, letGo }).toEqual({ begun: 4, letGo: 4 });
});
