import { expect, test } from '@jest/globals';
import type { WhyReport, WhyThread } from '../../../src/model/why.js';
import { renderWhy } from '../../../src/render/renderWhy.js';
import { displayWidth } from '../../../src/render/width.js';
import { aSnapshot } from '../../support/snapshots.js';

function aThread(tid: number, name: string, doing: string): WhyThread {
  return { tid, name, python: true, doing, place: null, forMs: 1500, waits: null };
}

const report: WhyReport = {
  schemaVersion: 1,
  sleeperVersion: '0.1.0',
  takenAt: '2025-03-01T12:00:00.000Z',
  stoppedUs: 2400,
  process: aSnapshot().process,
  verdict: 'hung',
  text: 'deadlock: thread "evil\u001b[31m" (4243) waits in transfer (app.py:27) for Lock 0x7f00, held by itself',
  findings: [],
  threads: [
    aThread(4243, 'evil\u001b[31m', 'waits in transfer (app.py:27) for Lock 0x7f00'),
    aThread(4244, 'one', 'waits in run (app.py:3) for work'),
    aThread(4245, 'two', 'waits in run (app.py:3) for work'),
  ],
  awaited: [
    {
      ...{ pid: 99, command: 'python3 server.py --database orders', tids: [4244, 4245], python: true },
      ...{ inside: false, doing: 'its main thread waits for data from fd 4: TCP', stack: [] },
    },
    {
      ...{ pid: 98, command: 'python3 evil\u001b[31m.py', tids: [1, 2, 3, 4], python: true, inside: true },
      doing: 'deadlock: thread "a" (98) waits in f (x.py:3) for Lock 0x7f00\nanother',
      stack: [{ function: 'transfer', file: '/srv/some/where/far/away/from/here/application.py', line: 27 }],
    },
    {
      ...{ pid: 97, command: 'cat', tids: [4245], python: false },
      ...{ inside: false, doing: null, stack: [] },
    },
  ],
  warnings: [{ where: 'fds', message: 'not to be told' }],
};

test('the verdict comes first, and threads that do the same are told once', () => {
  expect(renderWhy(report, { colour: false, width: Infinity })).toBe(
    `Process 4242: python3 worker.py --port 8000

deadlock: thread "evil\\x1b[31m" (4243) waits in transfer (app.py:27) for Lock 0x7f00, held by itself

3 threads
  4243 "evil\\x1b[31m"
    waits in transfer (app.py:27) for Lock 0x7f00 (1.5 s)
  4244 "one", 4245 "two"
    waits in run (app.py:3) for work (1.5 s)

3 processes waited for
  99 python3 server.py --database orders, by 4244, 4245
    its main thread waits for data from fd 4: TCP; it is Python: \`sleeper why 99\` says more
  98 python3 evil\\x1b[31m.py, by 4 threads
    deadlock: thread "a" (98) waits in f (x.py:3) for Lock 0x7f00
      another
      transfer (/srv/some/where/far/away/from/here/application.py:27)
  97 cat, by 4245
    nothing is known of what it does
`,
  );
});

test.each([40, 80])('no line is longer than %d columns', (width) => {
  const lines = renderWhy(report, { colour: true, width }).split('\n');
  expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
});
