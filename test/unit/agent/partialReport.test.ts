import { expect, test } from '@jest/globals';
import { salvageReport } from '../../../src/agent/partialReport.js';
import { agentReport } from '../../../src/model/agentReport.js';

const thread = (ident: number, name: string): object => ({
  interpreter: 0,
  address: '0x10',
  ident,
  tid: ident,
  name,
  daemon: false,
  holdsGil: false,
  handling: null,
  raising: null,
  frames: [{ function: '}],"threads":[{', file: '\\"', line: 1, module: 'm', entry: true, variables: [] }],
});

/** In the order in which the agent writes. */
const whole = JSON.stringify({
  agent: { version: '0.1.0' },
  python: {
    implementation: 'CPython',
    version: '3.11.7',
    hexVersion: 0x030b07f0,
    debug: false,
    freeThreaded: false,
    finalizing: false,
    layout: 'table',
  },
  limits: {
    threads: 1,
    frames: 1,
    depth: 1,
    items: 1,
    string: 1,
    repr: 1,
    variables: 1,
    warnings: 1,
    answer: 1,
  },
  interpreters: [],
  sockets: [],
  threads: [thread(1, 'a "quoted" \\ name'), thread(2, 'two'), thread(3, 'three')],
  modules: [{ name: 'm', globals: [] }],
  warnings: [],
});

test('wherever the report is cut, the threads that are whole are kept', () => {
  const ends = [1, 2, 3].map((count) => {
    const until = JSON.stringify(thread(count, ['a "quoted" \\ name', 'two', 'three'][count - 1] ?? ''));
    return whole.indexOf(until) + until.length;
  });
  for (let length = 0; length < whole.length; length++) {
    const salvaged = salvageReport(whole.slice(0, length));
    const count = ends.filter((end) => end <= length).length;
    if (count === 0) {
      expect(salvaged).toBeNull();
      continue;
    }
    const report = agentReport.parse(JSON.parse(salvaged ?? ''));
    expect(report.threads.map(({ ident }) => ident)).toEqual([1, 2, 3].slice(0, count));
    expect(report.warnings.map(({ where }) => where)).toEqual(['agent']);
  }
});
