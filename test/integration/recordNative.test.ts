import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { Profile, ProfileSpan } from '../../src/profile/profile.js';
import { buildNativeLibrary } from '../support/nativeLibrary.js';
import { findPythons } from '../support/pythons.js';
import { recordSamples, stackOf } from '../support/recordings.js';
import { startTarget, statusOf, type Target } from '../support/target.js';

const library = buildNativeLibrary();
afterAll(() => library.remove());
const samples = 60;
/** Where a thread may be on its way down or up, it is mostly at the end of its path. */
const leastAtTheEnd = 0.2;

let target: Target | undefined;
afterEach(() => target?.kill());

type Paths = Readonly<Record<string, readonly string[]>>;

/** Those whose frames of C did not fit: a call may be just beginning or ending. */
function unknownStacks(profile: Profile): ReadonlySet<ProfileSpan> {
  return new Set(
    profile.spans.filter((span) => stackOf(profile, span).at(-1)?.function === '(C frames unknown)'),
  );
}

/** The functions of the target in the stack of a span, outermost first. */
function path(profile: Profile, span: ProfileSpan, known: ReadonlySet<string>): string[] {
  return stackOf(profile, span)
    .filter(({ file, function: name }) => /native\.(?:py|so)$/.test(file) && known.has(name))
    .map(({ function: name }) => name);
}

/** gdb has another name for a thread that is the only one. */
test('a process with one thread', async () => {
  target = await startTarget(findPythons().at(-1)!.executable, 'hung.py', ['sleep']);
  const { profile, tail } = await recordSamples(target.pid, 5, { hz: 50, native: true });
  expect(tail.warnings.filter((warning) => warning.includes('C frames'))).toEqual([]);
  for (const span of profile.spans) {
    const stack = stackOf(profile, span);
    expect(stack[0]).toMatchObject({ function: '<module>', native: false });
    expect(stack.at(-1)).toMatchObject({ native: true, internal: false });
    expect(stack.at(-1)!.file).toMatch(/libc/);
  }
});

describe('frames of C', () => {
  test.each(findPythons())('every stack is one that $label can have', async (python) => {
    target = await startTarget(python.executable, 'native.py', [library.path]);
    const paths = JSON.parse(target.ready) as Paths;
    const { profile } = await recordSamples(target.pid, samples, { hz: 50, native: true });
    expect(statusOf(target.pid).tracerPid).toBe(0);
    expect(await target.end()).toBe(0);
    const known = new Set(Object.values(paths).flat());
    const impossible = new Set<string>();
    const atTheEnd: Record<string, number> = {};
    const unknown = unknownStacks(profile);
    for (const span of profile.spans) {
      const thread = profile.threads[span.thread]?.name ?? '';
      const expected = paths[thread];
      if (expected === undefined || unknown.has(span)) continue;
      const found = path(profile, span, known);
      if (found.some((name, index) => name !== expected[index]))
        impossible.add(`${thread}: ${found.join(' > ')}`);
      if (found.length === expected.length) atTheEnd[thread] = (atTheEnd[thread] ?? 0) + span.samples;
    }
    expect([...impossible]).toEqual([]);
    const unknownSamples = [...unknown].reduce((sum, span) => sum + span.samples, 0);
    expect(unknownSamples).toBeLessThanOrEqual(0.01 * samples * Object.keys(paths).length);
    const rare = Object.keys(paths).filter(
      (thread) => (atTheEnd[thread] ?? 0) < profile.meta.samples * leastAtTheEnd,
    );
    expect(rare).toEqual([]);
  });
});
