import { describe, expect, test } from '@jest/globals';
import { ask, expectWell, few, kinds, onlyHung, sleepsFor, start, waitsOf } from '../support/zoo.js';
import type { WhyReport } from '../../src/model/why.js';
import type { Facts } from '../support/zoo.js';
import type { Python } from '../support/pythons.js';

async function asked(python: Python, scenario: string): Promise<{ facts: Facts; report: WhyReport }> {
  const facts = await start(python, scenario, 'zoo_containers.py');
  await sleepsFor(facts.pid, 200);
  return { facts, report: await ask(facts.pid) };
}

describe.each(kinds)('two that want what the other has of the locks in a container, on $label', (python) => {
  test.each(['dictionary', 'listed', 'objects', 'registry'])('%s', async (scenario) => {
    const { facts, report } = await asked(python, scenario);

    const found = onlyHung(report);
    expect(found).toMatchObject({ kind: 'deadlock', inferred: true });
    expect(found.tids).toHaveLength(3);
    expect(found.text).toMatch(/whoever of them has these locks, none of them can go on$/);
    expect(waitsOf(report)).toEqual({
      ab: ['lock', facts.at['b'], null],
      ba: ['lock', facts.at['a'], null],
      MainThread: ['thread', expect.any(String), 'ab'],
      idle: ['descriptor', null, null],
    });
  });
});

describe.each(few)(
  'locks in a container that another one has, who waits for an answer, on $label',
  (python) => {
    test.each([
      ['taken_elsewhere', /"MainThread" \(\d+\)/],
      ['taken_from_registry', /"MainThread" \(\d+\)/],
      ['taken_by_a_third', /one of 2 others/],
    ])('%s', async (scenario, who) => {
      const { report } = await asked(python, scenario);

      expectWell(report);
      expect(report.findings.map(({ kind }) => kind)).toEqual(['deadlock']);
      expect(report.findings[0]?.text).toMatch(
        new RegExp(
          `^perhaps a deadlock: .*; they wait for each other, unless ${who.source} has one of these locks`,
        ),
      );
    });
  },
);
