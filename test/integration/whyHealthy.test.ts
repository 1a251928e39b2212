import { describe, expect, test } from '@jest/globals';
import type { Python } from '../support/pythons.js';
import { expectWell, few, look, start } from '../support/zoo.js';

/** Each with the first version that has what it is about. */
const animals: [string, number][] = [
  ['http_load', 0x0207],
  ['long_tasks', 0x0306],
  ['turns', 0x0207],
  ['turns_of_two', 0x0207],
  ['gives_up', 0x0306],
  ['passes_on', 0x0207],
  ['sqlite_turns', 0x0207],
  ['talkative_child', 0x0207],
  ['slow_reader', 0x0207],
  ['process_pool', 0x0306],
  ['logs', 0x0207],
  ['timers', 0x0306],
  ['ping_pong', 0x0207],
  ['matches', 0x0207],
  ['stopped_client', 0x0207],
];
const looks = 2;

const on = ({ short }: Python): string[] =>
  animals.filter(([, since]) => short >= since).map(([scenario]) => scenario);

describe.each(few)('what is at work, whenever one looks, on $label', (python) => {
  test.each(on(python))('%s', async (scenario) => {
    const { pid } = await start(python, scenario, 'zoo_healthy.py');
    for (let count = 0; count < looks; count++) {
      const report = await look(pid);
      expectWell(report);
      expect(report.text).toMatch(/^not hung: /);
    }
  });

  test('naps: what computes in C, but sleeps in between, is not busy', async () => {
    const { pid } = await start(python, 'naps', 'zoo_healthy.py');
    for (let count = 0; count < looks; count++)
      expect(await look(pid)).toMatchObject({ verdict: 'not hung', findings: [] });
  });
});
