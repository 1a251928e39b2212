import { describe, expect, test } from '@jest/globals';
import { doingOf, expectWell, few, onlyHung, standing, waitsOf } from '../support/zoo.js';

const script = 'zoo_semaphores.py';

describe.each(few)(
  'semaphores of multiprocessing of one, which any process may release, on $label',
  (python) => {
    test.each(['variables', 'statements', 'attributes', 'of_module'])('%s', async (scenario) => {
      const { facts, report } = await standing(python, scenario, script);

      expectWell(report);
      expect(report.findings).toEqual([]);
      expect(waitsOf(report)).toMatchObject({
        ab: ['semaphore', facts.at['b'], null],
        ba: ['semaphore', facts.at['a'], null],
      });
      expect(doingOf(report, 'ab')).toMatch(/ for Semaphore 0x\w+ of multiprocessing to be released$/);
    });

    test('not: locks', async () => {
      const { facts, report } = await standing(python, 'locks', script);

      expect(onlyHung(report)).toMatchObject({ kind: 'deadlock', inferred: false });
      expect(waitsOf(report)).toMatchObject({
        ab: ['lock', facts.at['b'], 'ba'],
        ba: ['lock', facts.at['a'], 'ab'],
      });
    });
  },
);
