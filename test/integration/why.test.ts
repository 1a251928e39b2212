import { describe, expect, test } from '@jest/globals';
import { whyReport, type WhyReport } from '../../src/model/why.js';
import { runSleeper } from '../support/cli.js';
import { anyPython, type Python } from '../support/pythons.js';
import { standstill } from '../support/standstill.js';
import { statusOf } from '../support/target.js';
import { until } from '../support/until.js';
import {
  ask,
  doingOf,
  expectWell,
  kinds,
  onlyHung,
  sleepsFor,
  standing,
  start,
  threes,
  waitsOf,
  type Facts,
} from '../support/zoo.js';

describe.each(kinds)('what hangs, on $label', (python) => {
  test('two threads that want what the other has', async () => {
    const { facts, report } = await standing(python, 'abba');

    const found = onlyHung(report);
    expect(found).toMatchObject({ kind: 'deadlock', inferred: true });
    expect(waitsOf(report)).toEqual({
      ab: ['lock', facts.at['rlock'], 'ba'],
      ba: ['lock', facts.at['lock'], 'ab'],
      MainThread: ['thread', expect.any(String), 'ab'],
    });
    expect(found.text).toMatch(
      new RegExp(
        `^deadlock: thread "ab" \\(\\d+\\) waits in transfer_ab \\(zoo.py:\\d+\\) for RLock ${facts.at['rlock'] ?? ''}\\b.*, ` +
          `held by "ba" \\(\\d+\\), which waits in transfer_ba \\(zoo.py:\\d+\\) for Lock ${facts.at['lock'] ?? ''}\\b.*, ` +
          `held by "ab" \\(\\d+\\) \\(inferred\\); thread "MainThread" \\(\\d+\\) waits behind$`,
      ),
    );
  });

  test('a thread that wants a Lock that it has', async () => {
    const { facts, report } = await standing(python, 'itself');

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', tids: [facts.pid] });
    expect(waitsOf(report)).toEqual({ MainThread: ['lock', facts.at['lock'], 'MainThread'] });
  });

  test('a thread that joins who wants its lock', async () => {
    const { facts, report } = await standing(python, 'joined');

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: false });
    expect(waitsOf(report)).toEqual({
      MainThread: ['thread', facts.at['worker'], 'worker'],
      worker: ['lock', facts.at['lock'], 'MainThread'],
    });
  });

  test('everything that one can wait for, and nobody to end it', async () => {
    const { facts, report } = await standing(python, 'primitives');

    expect(onlyHung(report)).toMatchObject({ kind: 'nobody left', inferred: true });
    const { at } = facts;
    expect(waitsOf(report)).toMatchObject({
      MainThread: ['thread', expect.any(String), 'condition'],
      condition: ['condition', at['condition'], null],
      event: ['event', at['event'], null],
      semaphore: ['semaphore', at['semaphore'], null],
      get: ['queue', at['get'], null],
      put: ['queue', at['put'], null],
      done: ['queue', at['done'], null],
      ...(at['barrier'] === undefined ? {} : { barrier: ['barrier', at['barrier'], null] }),
    });
    if (at['simple'] !== undefined)
      expect(doingOf(report, 'simple')).toContain(`SimpleQueue ${at['simple']}`);
  });

  test('an RLock whose owner has ended', async () => {
    const { facts, report } = await standing(python, 'ended');

    expect(onlyHung(report)).toMatchObject({ kind: 'lost owner', inferred: false });
    expect(onlyHung(report).text).toContain(facts.at['lock']);
    expect(report.threads.find(({ name }) => name === 'want')?.waits?.heldBy?.how).toBe('gone');
  });
});

describe.each(kinds)('what hangs, on $label', (python) => {
  test('two threads that have called acquire(), without a with statement', async () => {
    const facts = await start(python, 'acquired');
    await sleepsFor(facts.pid, 200);
    const report = await ask(facts.pid);

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: true });
    expect(waitsOf(report)).toEqual({
      ab: ['lock', facts.at['b'], 'ba'],
      ba: ['lock', facts.at['a'], 'ab'],
      MainThread: ['time', null, null],
    });
  });

  test('a thread that logs, and has what the owner of the handler wants', async () => {
    const { facts, report } = await standing(python, 'logged');

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock' });
    expect(waitsOf(report)).toEqual({
      MainThread: ['lock', facts.at['lock'], 'log'],
      log: ['lock', facts.at['handler'], 'MainThread'],
    });
    expect(doingOf(report, 'log')).toContain('of the logging handler StreamHandler');
  });

  test.each([
    ['forked_rlock', false],
    ['forked_lock', true],
  ])('a lock that a thread of the parent has: %s', async (scenario, inferred) => {
    const { facts, report } = await standing(python, scenario);

    const found = onlyHung(report);
    expect(found).toMatchObject({ kind: 'lost owner', inferred });
    expect(found.text).toContain(`forked from ${facts.started}`);
    expect(found.text).toContain('in_child (zoo.py:');
    expect(waitsOf(report)).toEqual({ MainThread: ['lock', facts.at['lock'], null] });
  });

  test('a child that writes into a full pipe, which nobody reads', async () => {
    const facts = await start(python, 'pipe');
    await sleepsFor(facts.child ?? 0, 1000);
    const report = await ask(facts.pid);

    expect(onlyHung(report)).toMatchObject({ kind: 'pipe', inferred: false });
    expect(onlyHung(report).text).toContain(`process ${String(facts.child)}`);
  });

  test('a call into C that keeps the GIL', async () => {
    const { pid } = await start(python, 'gil');
    await sleepsFor(pid, 1000);
    const report = await ask(pid);

    expect(onlyHung(report)).toMatchObject({ kind: 'gil held' });
    expect(onlyHung(report).text).toMatch(/ while it sleeps, as it has for \d.* s: it waits in /);
    expect(onlyHung(report).text).toMatch(/, in C: (?:\w+ < )*pause\b/);
    expect(waitsOf(report)['MainThread']).toEqual(['signal', null, null]);
    // Who waits for the GIL wakes every 5 ms to ask for it, from Python 3.2 on, and may just be about to.
    expect([
      ['gil', null, 'MainThread'],
      ...(python.short < 0x0302 ? [] : [['nothing', null, null]]),
    ]).toContainEqual(waitsOf(report)['compute']);
  });

  test('a module that, while it is imported, waits for who imports it', async () => {
    const { report } = await standing(python, 'imported');

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: false });
    expect(waitsOf(report)).toMatchObject({
      MainThread: ['thread', expect.any(String), 'loader'],
      loader: ['import', expect.any(String), 'MainThread'],
    });
    expect(doingOf(report, 'loader')).toContain(
      python.short < 0x0303 ? 'for the import lock, held by "MainThread"' : "module 'circle'",
    );
  });

  test('a child that is stopped', async () => {
    const { facts, report } = await standing(python, 'stopped_child');

    expect(onlyHung(report)).toMatchObject({ kind: 'stopped child', tids: [facts.pid] });
    expect(onlyHung(report).text).toContain(`kill -CONT ${String(facts.child)}`);
  });
});

describe.each(threes(kinds))('what hangs, on $label', (python) => {
  test('the only worker of a pool, which waits for the pool', async () => {
    const { facts, report } = await standing(python, 'pool');

    expect(onlyHung(report)).toMatchObject({ kind: 'starved pool', inferred: false });
    const [main, worker] = report.threads;
    expect(main?.waits).toMatchObject({
      for: 'future',
      address: facts.at['outer'],
      heldBy: { name: worker?.name },
    });
    expect(worker?.waits).toMatchObject({ for: 'future', address: facts.at['inner'], heldBy: null });
  });
});

test('a process that is stopped is told so, and not touched', async () => {
  const { pid } = await start(anyPython(), 'child');
  await standstill(pid);
  process.kill(pid, 'SIGSTOP');
  await until(() => statusOf(pid).state === 'T');

  const report = await ask(pid);
  expect(onlyHung(report)).toMatchObject({ kind: 'stopped' });
  expect(report).toMatchObject({ stoppedUs: null, threads: [] });
  expect(statusOf(pid).state).toBe('T');
});

test('the command prints the verdict first, or JSON, and succeeds with either', async () => {
  const { pid, at } = await start(anyPython(), 'itself');
  await standstill(pid);

  const text = await runSleeper(['why', String(pid)]);
  expect({ code: text.code, err: text.err }).toEqual({ code: 0, err: '' });
  const [first, , verdict] = text.out.split('\n');
  expect(first).toContain(`Process ${String(pid)}: `);
  expect(verdict).toMatch(/^deadlock: thread "MainThread" /);
  expect(text.out).toContain(at['lock']);
  const json = await runSleeper(['why', String(pid), '--json']);
  expect(json.code).toBe(0);
  expect(whyReport.parse(JSON.parse(json.out)).verdict).toBe('hung');

  expect((await runSleeper(['why', '2147483647'])).code).toBe(4);
});

describe.each(kinds)('what does not hang, on $label', (python) => {
  test.each(['lock_of_condition', 'handed_over', 'descriptors', 'child', 'file_lock', 'server'])(
    '%s',
    async (scenario) => {
      const { facts, report } = await standing(python, scenario);

      expectWell(report);
      expect(report.text).toMatch(/^not hung: /);
      healthy[scenario]?.(report, facts, python);
    },
  );

  test.each(['until_signal', 'prefork', 'multiprocessing_pool', 'process_lock'])('%s', async (scenario) => {
    const { facts, report } = await standing(python, scenario);

    expect(report.findings).toEqual([]);
    healthy[scenario]?.(report, facts, python);
  });

  test('busy: whenever one looks, and however the threads change', async () => {
    const { pid } = await start(python, 'busy');
    for (let look = 0; look < 3; look++) {
      expectWell(await ask(pid));
    }
  });
});

describe.each(threes(kinds))('what does not hang, on $label', (python) => {
  test('the event loop of asyncio, with nothing to do', async () => {
    const { report } = await standing(python, 'asyncio_idle');

    expect(report.findings).toEqual([]);
    expect(report.text).toContain('event loop of asyncio');
  });
});

/** What is to be said of each, beside that it is well. */
const healthy: Record<string, (report: WhyReport, facts: Facts, python: Python) => void> = {
  lock_of_condition(report, { at }) {
    expect(waitsOf(report)).toEqual({
      MainThread: ['time', null, null],
      consume: ['condition', at['condition'], null],
      produce: ['descriptor', null, null],
      late: ['lock', at['lock'], 'produce'],
    });
    expect(report.findings.map(({ kind, hung }) => ({ kind, hung }))).toEqual([
      { kind: 'queued', hung: false },
    ]);
  },
  handed_over(report, { at }) {
    expect(waitsOf(report)['MainThread']).toEqual(['lock', at['lock'], null]);
  },
  descriptors(report, { pid }) {
    expect(doingOf(report, 'recv')).toMatch(
      /for data from fd \d+: TCP 127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+ ESTABLISHED/,
    );
    expect(doingOf(report, 'recv')).toContain(`other end: ${String(pid)} `);
    expect(doingOf(report, 'accept')).toMatch(/for a connection on fd \d+: TCP 127\.0\.0\.1:\d+ LISTEN/);
    expect(doingOf(report, 'read')).toMatch(/for data from fd \d+: read end of pipe/);
    expect(doingOf(report, 'write')).toMatch(/for room to write to fd \d+: write end of pipe/);
    expect(doingOf(report, 'select')).toMatch(/for something to happen on fd \d+: UNIX stream/);
    expect(doingOf(report, 'sleep')).toContain('for time to pass');
  },
  child(report, { child }) {
    expect(doingOf(report, 'MainThread')).toContain(`for process ${String(child)} (sleep) to end`);
  },
  file_lock(report, { started }) {
    expect(waitsOf(report)['MainThread']).toEqual(['file lock', null, null]);
    expect(doingOf(report, 'MainThread')).toContain(`held by process ${started}`);
  },
  server(report, _, python) {
    const waits = waitsOf(report);
    expect(waits['consumer-0']?.[0]).toBe('queue');
    // That of 2.7 looks 20 times a second.
    if (python.short >= 0x0300) expect(waits['ticker']?.[0]).toBe('event');
    const workers = Object.keys(waits).filter((name) => name.startsWith('ThreadPoolExecutor'));
    expect(workers.map((name) => waits[name]?.[0])).toEqual(workers.map(() => 'work'));
  },
  until_signal(report) {
    expect(Object.values(waitsOf(report)).map(([kind]) => kind)).toEqual(['event', 'queue']);
  },
  prefork(report) {
    expect(doingOf(report, 'MainThread')).toContain('a child process to end (it has 2)');
  },
  multiprocessing_pool(report) {
    expect(report.threads).toHaveLength(4);
  },
  process_lock(report, { at }) {
    expect(waitsOf(report)).toEqual({ MainThread: ['lock', at['lock'], null] });
    expect(report.text).toContain('which another process has');
  },
};
