import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ask, doingOf, kinds, onlyHung, sleepsFor, waitsOf } from '../support/zoo.js';
import { buildLibrary } from '../support/nativeLibrary.js';
import { anyPython, type Python } from '../support/pythons.js';
import { standstill } from '../support/standstill.js';
import { startTarget, type Target } from '../support/target.js';

/** What test/targets/mutexes.py says of itself. */
interface Facts {
  /** The process that it is about. */
  pid: number;
  /** The addresses of the locks. */
  at: Record<string, string>;
}

let library: ReturnType<typeof buildLibrary>;
let constructor: ReturnType<typeof buildLibrary>;
beforeAll(() => {
  library = buildLibrary('mutexes', '-pthread', '-ldl');
  constructor = buildLibrary('constructor');
});
afterAll(() => {
  library.remove();
  constructor.remove();
});

let target: Target | undefined;
let child: number | null = null;
afterEach(() => {
  target?.kill();
  if (child !== null) process.kill(child, 'SIGKILL');
  target = undefined;
  child = null;
});

async function start({ executable }: Python, scenario: string): Promise<Facts> {
  target = await startTarget(executable, 'mutexes.py', [scenario, library.path, constructor.path]);
  const facts = JSON.parse(target.ready) as Facts;
  if (facts.pid !== target.pid) child = facts.pid;
  return facts;
}

/** Mutexes do not depend on Python. The GIL does. */
describe('mutexes of C', () => {
  const python = anyPython();

  test('two threads that want what the other has', async () => {
    const { pid, at } = await start(python, 'abba');
    await standstill(pid);
    const report = await ask(pid);

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: false });
    expect(waitsOf(report)).toEqual({
      MainThread: ['lock', at['a'], 'ab'],
      ab: ['lock', at['b'], 'MainThread'],
    });
    expect(doingOf(report, 'ab')).toContain(`for mutex ${at['b'] ?? ''} of libmutexes.so, held by`);
  });

  test('a recursive one and a Lock of Python', async () => {
    const { pid, at } = await start(python, 'with_lock');
    await standstill(pid);
    const report = await ask(pid);

    expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: true });
    expect(waitsOf(report)).toEqual({
      MainThread: ['lock', at['lock'], 'in C'],
      'in C': ['lock', at['mutex'], 'MainThread'],
    });
  });

  test('one that a thread of the parent has', async () => {
    const { pid, at } = await start(python, 'forked');
    await standstill(pid);
    const report = await ask(pid);

    expect(onlyHung(report)).toMatchObject({ kind: 'lost owner', inferred: false });
    expect(onlyHung(report).text).toContain(`forked from ${target?.pid}`);
    expect(report.threads.map(({ waits }) => waits)).toMatchObject([
      { for: 'lock', address: at['mutex'], heldBy: { how: 'gone', tid: expect.any(Number) } },
    ]);
  });

  test('one whose owner goes on', async () => {
    const { pid, at } = await start(python, 'slow_owner');
    await standstill(pid);
    const report = await ask(pid);

    expect(report.verdict).toBe('not hung');
    expect(waitsOf(report)).toEqual({
      MainThread: ['lock', at['mutex'], 'hold'],
      hold: ['time', null, null],
    });
    expect(report.findings.map(({ kind }) => kind)).toEqual(['queued']);
  });

  test('that of the dynamic loader, by name', async () => {
    const { pid } = await start(python, 'loader');
    await standstill(pid);
    const report = await ask(pid);

    expect(report.verdict).toBe('not hung');
    expect(doingOf(report, 'MainThread')).toMatch(
      /for the lock of the dynamic loader \(mutex 0x\w+\), held by "constructor" /,
    );
    expect(report.findings[0]?.text).toMatch(
      /^thread "MainThread" \(\d+\) waits for the lock of the dynamic loader/,
    );
  });

  test('that of the main arena of malloc(), by name', async () => {
    const { pid, at } = await start(python, 'allocator');
    await standstill(pid);
    const report = await ask(pid);

    expect(doingOf(report, 'malloc')).toContain(
      `for a lock of the memory allocator (futex ${at['lock'] ?? ''})`,
    );
    expect(report.verdict).toBe('not hung');
  });

  test('those that are taken in turns hang nothing', async () => {
    const { pid } = await start(python, 'contended');
    for (let look = 0; look < 10; look++) {
      const { findings } = await ask(pid);
      expect(findings.filter(({ hung }) => hung)).toEqual([]);
    }
  });
});

// What is compiled here needs a C library as new as the one of this machine; these bring an older one.
const ownLibc = kinds.filter(({ label }) => !label.startsWith('bullseye'));
test.each(ownLibc)('a mutex of C and the GIL, on $label', async (python) => {
  const { pid, at } = await start(python, 'with_gil');
  await sleepsFor(pid, 1000);
  const report = await ask(pid);

  expect(waitsOf(report)['MainThread']).toEqual(['lock', at['mutex'], 'callback']);
  const { kind, text } = onlyHung(report);
  // Who waits for the GIL wakes every 5 ms to ask for it, from Python 3.2 on, and may just be about to.
  if (python.short < 0x0302 || waitsOf(report)['callback']?.[0] === 'gil') {
    expect(kind).toBe('deadlock');
    expect(text).toMatch(
      /, with the GIL, for mutex .*, held by "callback" .* for the GIL, held by "MainThread"/,
    );
  } else {
    expect(kind).toBe('gil held');
    expect(text).toMatch(/ for mutex .*, held by "callback"/);
  }
});
