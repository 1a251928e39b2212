import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { isSupportedPython, supportedPythons } from '../../../src/target/supportedPythons.js';

const tables = new URL('../../../agent-c/src/layout_tables.c', import.meta.url);

test('the versions are those that the agent has tables for', () => {
  const [, list = ''] =
    /sleeper__layout_versions\[SLEEPER_LAYOUT_VERSIONS\] = \{([^}]*)\}/.exec(readFileSync(tables, 'utf8')) ??
    [];
  const releases = list.split(',').map(Number);
  expect(releases.length).toBeGreaterThan(10);
  const minors = releases.map((release) => `${release >> 16}.${(release >> 8) & 255}`);
  expect([...new Set(minors)]).toEqual(supportedPythons);
});

test.each([
  ['2.7.18', true],
  ['3.5.2', false],
  ['3.11', true],
  ['3.14.0b1', true],
  ['3.99.0a1', false],
])('%s: %s', (version, supported) => {
  expect(isSupportedPython(version)).toBe(supported);
});
