import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { snapshot, type Snapshot, type Thread } from '../../src/model/snapshot.js';
import { buildNativeLibrary } from '../support/nativeLibrary.js';
import { anyPython } from '../support/pythons.js';
import { sleeper, startTarget, statusOf, type Target } from '../support/target.js';
import { few } from '../support/zoo.js';

const library = buildNativeLibrary();
afterAll(() => library.remove());

let target: Target | undefined;
afterEach(() => target?.kill());

function run(pid: number, ...options: string[]): string {
  return execFileSync(sleeper, ['dump', String(pid), '--native', ...options], { encoding: 'utf8' });
}

function dump(pid: number): Snapshot {
  return snapshot.parse(JSON.parse(run(pid, '--json', '--no-locals')));
}

/** The functions of a thread, innermost first, each of C before the frame of Python that has called it. */
function functionsOf({ python, nativeFrames = [] }: Thread): string[] {
  return (python?.frames ?? []).flatMap((frame, index) => [
    ...nativeFrames.filter(({ caller }) => caller === index).map((each) => each.function),
    'error' in frame ? frame.error : frame.function,
  ]);
}

test.each(few)('every stack is one that $label can have', async (python) => {
  target = await startTarget(python.executable, 'native.py', [library.path]);
  const paths = JSON.parse(target.ready) as Readonly<Record<string, readonly string[]>>;
  const known = new Set(Object.values(paths).flat());
  const atTheEnd = new Set<string>();
  // Each thread goes down its path for ever, and is at the end of it most of the time.
  for (let look = 0; look < 20 && atTheEnd.size < Object.keys(paths).length; look++) {
    for (const thread of dump(target.pid).threads) {
      const expected = paths[thread.python?.name ?? ''];
      // On the way down or up the stacks may not fit; then no frame of C has a caller.
      if (expected === undefined || thread.nativeFrames?.every(({ caller }) => caller === null) === true)
        continue;
      const found = functionsOf(thread)
        .filter((name) => known.has(name))
        .reverse();
      expect(found).toEqual(expected.slice(0, found.length));
      if (found.length === expected.length) atTheEnd.add(thread.python?.name ?? '');
    }
  }
  expect([...atTheEnd].sort()).toEqual(Object.keys(paths).sort());
  expect(statusOf(target.pid).tracerPid).toBe(0);
  expect(await target.end()).toBe(0);
});

test('a thread that Python does not know is shown from its beginning', async () => {
  target = await startTarget(anyPython().executable, 'native_thread.py', []);
  const { pid } = target;
  const frame = dump(pid).threads.find((thread) => thread.python === null)?.nativeFrames?.[0];
  expect(frame).toMatchObject({ function: expect.stringMatching('pause'), caller: null, internal: false });
  expect(frame?.file).toMatch(/libc/);
  const text = run(pid, '--no-locals');
  expect(text).toMatch(/unknown to Python:\n.*blocked in pause\(\).*\n {2}\w*pause \(libc[^)]*\)\n/);
  expect(text).not.toMatch(/_PyEval_EvalFrameDefault|_PyObject_/);
  // Reading a line goes through functions of the interpreter that are hidden unless they are asked for.
  expect(run(pid, '--no-locals', '--native-all').split('\n').length).toBeGreaterThan(text.split('\n').length);
});
