import { describe, expect, test } from '@jest/globals';
import { readThreadRuns } from '../../src/target/threadRuns.js';
import {
  ask,
  doingOf,
  expectWell,
  few,
  kinds,
  look,
  onlyHung,
  sleepsFor,
  standing,
  start,
  threes,
  waitsOf,
} from '../support/zoo.js';

const script = 'zoo_circles.py';

describe.each(kinds)('what hangs because of its own threads, on $label', (python) => {
  test('five threads, each with the lock that the next one wants', async () => {
    const { facts, report } = await standing(python, 'ring', script);

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: true });
    expect(onlyHung(report).tids).toHaveLength(5);
    expect(waitsOf(report)).toEqual({
      MainThread: ['thread', expect.any(String), 'diner-0'],
      ...Object.fromEntries(
        [0, 1, 2, 3, 4].map((seat) => {
          const next = (seat + 1) % 5;
          return [`diner-${seat}`, ['lock', facts.at[`fork${next}`], `diner-${next}`]];
        }),
      ),
    });
  });

  test('two that want what the other has, where a third has the same object and waits for one of them', async () => {
    const facts = await start(python, 'attributes', script);
    await sleepsFor(facts.pid, 200);
    const report = await ask(facts.pid);

    const found = onlyHung(report);
    expect(found).toMatchObject({ kind: 'deadlock', inferred: true });
    expect(found.tids).toHaveLength(3);
    expect(found.text).toMatch(
      new RegExp(
        `thread "ab" \\(\\d+\\) waits in (Bank.)?ab \\(zoo_circles.py:\\d+\\) for Lock ${facts.at['b'] ?? ''}, ` +
          'which "MainThread" \\(\\d+\\) and "ba" \\(\\d+\\) have within reach; .*' +
          'whoever of them has these locks, none of them can go on$',
      ),
    );
    expect(waitsOf(report)).toEqual({
      ab: ['lock', facts.at['b'], null],
      ba: ['lock', facts.at['a'], null],
      MainThread: ['thread', expect.any(String), 'ab'],
      idle: ['descriptor', null, null],
    });
  });

  test('the main thread, which joins who joins it', async () => {
    const { facts, report } = await standing(python, 'joined_main', script);

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: false });
    expect(waitsOf(report)).toEqual({
      MainThread: ['thread', facts.at['worker'], 'worker'],
      worker: ['thread', facts.at['main'], 'MainThread'],
    });
  });

  test('the handler of a signal, which wants what the interrupted code has', async () => {
    const { facts, report } = await standing(python, 'handler', script);

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', tids: [facts.pid] });
    expect(onlyHung(report).text).toMatch(
      /waits in on_signal \(zoo_circles.py:\d+\), in the handler of SIGUSR1 that came in handler \(zoo_circles.py:\d+\), for Lock 0x/,
    );
    expect(waitsOf(report)).toEqual({ MainThread: ['lock', facts.at['lock'], 'MainThread'] });
  });

  test('a queue that nobody is left to fill', async () => {
    const { facts, report } = await standing(python, 'never_filled', script);

    expect(onlyHung(report)).toMatchObject({ kind: 'nobody left', tids: [facts.pid] });
    expect(waitsOf(report)).toEqual({ MainThread: ['queue', facts.at['jobs'], null] });
  });

  // From 3.7 on, logging makes its locks anew in a child.
  test('a handler of logging that a thread of the parent has, and the child wants', async () => {
    const facts = await start(python, 'forked_logging', script);
    await sleepsFor(facts.pid, 200);
    const report = await ask(facts.pid);

    if (python.short >= 0x0307) {
      expectWell(report);
      expect(waitsOf(report)).toEqual({ MainThread: ['time', null, null] });
      return;
    }
    expect(onlyHung(report)).toMatchObject({ kind: 'lost owner', inferred: false });
    expect(onlyHung(report).text).toContain(`forked from ${facts.started}`);
    expect(waitsOf(report)).toEqual({ MainThread: ['lock', facts.at['handler'], null] });
    expect(doingOf(report, 'MainThread')).toContain('of the logging handler StreamHandler');
  });
});

describe.each(few)('what hangs because of its own threads, on $label', (python) => {
  test('two that want what the other has, where all know the globals that it is', async () => {
    const facts = await start(python, 'globals_of_module', script);
    await sleepsFor(facts.pid, 200);
    const report = await ask(facts.pid);

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: true });
    expect(waitsOf(report)).toMatchObject({
      first: ['lock', facts.at['b'], null],
      second: ['lock', facts.at['a'], null],
    });
  });

  test('two within Semaphores of which each wants the other', async () => {
    const facts = await start(python, 'semaphores', script);
    await sleepsFor(facts.pid, 200);
    const report = await ask(facts.pid);

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: true });
    expect(waitsOf(report)).toMatchObject({
      ab: ['semaphore', facts.at['b'], null],
      ba: ['semaphore', facts.at['a'], null],
    });
  });
});

// 2.7 has one lock for all imports, and fork() waits for it.
describe.each(threes(kinds))('what hangs because of its own threads, on $label', (python) => {
  test('a module that a thread of the parent was importing', async () => {
    const { facts, report } = await standing(python, 'forked_import', script);

    expect(onlyHung(report)).toMatchObject({ kind: 'lost owner', inferred: false, tids: [facts.pid] });
    expect(onlyHung(report).text).toMatch(
      new RegExp(`for the import of module 'slow', whose owner .* forked from ${facts.started}`),
    );
    expect(waitsOf(report)['MainThread']?.[0]).toBe('import');
  });
});

describe.each(few)('what looks like a circle, and is none, on $label', (python) => {
  test('two that want locks of an object, and a third that has it, and both locks, and goes on', async () => {
    const facts = await start(python, 'kept', script);
    await sleepsFor(facts.pid, 200);
    const report = await ask(facts.pid);

    expectWell(report);
    expect(report.findings.map(({ kind }) => kind)).toEqual(['deadlock']);
    expect(report.findings[0]?.text).toMatch(
      /^perhaps a deadlock: .*; they wait for each other, unless "MainThread" \(\d+\) has one of these locks$/,
    );
    expect(doingOf(report, 'ab')).toMatch(/, which "MainThread" \(\d+\) and "ba" \(\d+\) have within reach$/);
    expect(waitsOf(report)).toEqual({
      ab: ['lock', facts.at['b'], null],
      ba: ['lock', facts.at['a'], null],
      MainThread: ['descriptor', null, null],
    });
  });
});

describe.each(few)('what looks like a circle, and is none, on $label', (python) => {
  test.each([
    ['globals_that_a_third_names', 'lock', ['deadlock']],
    ['signals', 'semaphore', []],
  ])('%s', async (scenario, kind, told) => {
    const facts = await start(python, scenario, script);
    await sleepsFor(facts.pid, 200);
    const report = await ask(facts.pid);

    expectWell(report);
    expect(report.findings.map((found) => found.kind)).toEqual(told);
    expect(Object.values(waitsOf(report)).filter(([each]) => each === kind)).toHaveLength(2);
  });
});

describe.each(few)('what computes without end, on $label', (python) => {
  test('a regular expression, by its function', async () => {
    const { pid } = await start(python, 'regex', script);
    const before = readThreadRuns(pid)?.get(pid)?.runNs ?? 0;
    const report = await look(pid);
    const usedMs = ((readThreadRuns(pid)?.get(pid)?.runNs ?? 0) - before) / 1e6;

    expectWell(report);
    const [found] = report.findings;
    expect(found).toMatchObject({ kind: 'busy', tids: [pid] });
    expect(found?.text).toMatch(/"MainThread" \(\d+\) runs in regex \(zoo_circles.py:\d+\), with the GIL/);
    expect(found?.text).toContain(`it matches the regular expression '(a+)+$'`);
    const [, told = '', unit] = /later, after ([\d.]+) (m?s) by its CPU clock/.exec(found?.text ?? '') ?? [];
    const toldMs = Number(told) * (unit === 's' ? 1000 : 1);
    expect(toldMs).toBeGreaterThan(0);
    // It is told in steps of 10 ms, or of a tenth of a second.
    expect(toldMs).toBeLessThanOrEqual(usedMs + 110);
  });
});

// The Pythons of Debian have no names for their functions of C.
const named = few.filter(({ label }) => label.startsWith('pyenv-'));
if (named.length === 0)
  test.skip('a compiled regular expression (needs a Python with its symbols)', () => undefined);
for (const python of named)
  test(`a compiled regular expression, by the functions of C, on ${python.label}`, async () => {
    const { pid } = await start(python, 'compiled_regex', script);
    const { findings } = await look(pid);

    expect(findings.map(({ kind }) => kind)).toEqual(['busy']);
    expect(findings[0]?.text).toMatch(/, in C: .*sre_.*; it matches the regular expression '\(a\|a\)\+\$'$/);
  });
