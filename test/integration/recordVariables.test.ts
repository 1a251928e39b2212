import { afterEach, describe, expect, test } from '@jest/globals';
import type { Profile } from '../../src/profile/profile.js';
import { anyPython, findPythons } from '../support/pythons.js';
import { recordSamples, stackOf } from '../support/recordings.js';
import { startTarget, type Target } from '../support/target.js';

let target: Target | undefined;
afterEach(() => target?.kill());

const localsAt = (name: string, variables: string[] | null = null) => ({ localsAt: { name, variables } });

/** For each span with the function `work`: what its variables were, and what it had called. */
function found(profile: Profile): { variables: string | null; called: string | undefined }[] {
  return profile.spans.flatMap((span) => {
    const stack = stackOf(profile, span);
    const at = stack.findIndex(({ function: name }) => name === 'work');
    return at < 0 ? [] : [{ variables: stack[at]!.variables, called: stack[at + 1]?.function }];
  });
}

const text =
  /^number=(\d+), kind=u?'(even|odd)', path=u?'\/(?:ü€|\\xfc\\u20ac)\/(\d)\\x1b\[31m'(?:, twice=(\d+))?$/;

/** Variables that contradict each other, or what the function had called. */
function contradictions(profile: Profile): unknown[] {
  return found(profile).filter(({ variables, called }) => {
    const [, digits, kind, path, twice] = text.exec(variables ?? '') ?? [];
    const number = Number(digits);
    return (
      kind !== (number % 2 === 1 ? 'odd' : 'even') ||
      Number(path) !== number % 3 ||
      (twice !== undefined && Number(twice) !== 2 * number) ||
      (called !== undefined && called !== kind)
    );
  });
}

describe.each(findPythons())('the variables of a function of $label', ({ executable }) => {
  test('they belong together, and to what it is doing', async () => {
    target = await startTarget(executable, 'arguments.py');
    const { profile } = await recordSamples(target.pid, 30, { hz: 100, ...localsAt('work') });
    expect(await target.end()).toBe(0);
    expect(contradictions(profile)).toEqual([]);
    expect(new Set(found(profile).map(({ variables }) => variables)).size).toBeGreaterThan(20);
    const others = profile.frames.filter(({ function: name }) => name !== 'work');
    expect(others.every(({ variables }) => variables === null)).toBe(true);
  });
});

describe('the variables of a function', () => {
  test('with little memory: what was forgotten is told again', async () => {
    target = await startTarget(anyPython().executable, 'arguments.py');
    const { profile } = await recordSamples(target.pid, 400, {
      ...{ hz: 300, bytes: 256 << 10 },
      ...localsAt('work'),
    });
    expect(profile.meta.dropped).toBe(0);
    expect(contradictions(profile)).toEqual([]);
  });

  test('some of them, in the order in which they were named', async () => {
    target = await startTarget(anyPython().executable, 'arguments.py');
    const { profile } = await recordSamples(target.pid, 30, {
      hz: 100,
      ...localsAt('work', ['kind', 'number', 'no_such']),
    });
    for (const { variables } of found(profile)) expect(variables).toMatch(/^kind='(even|odd)', number=\d+$/);
    expect(found(profile).length).toBeGreaterThan(0);
  });

  test('a function that is never met costs a warning', async () => {
    target = await startTarget(anyPython().executable, 'arguments.py');
    const { tail } = await recordSamples(target.pid, 3, { hz: 100, ...localsAt('wor') });
    expect(tail.warnings).toEqual([
      'The function wor was on the stack in no sample: no variables were recorded.',
    ]);
  });
});
