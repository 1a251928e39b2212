import { expect, test } from '@jest/globals';
import { renderDump } from '../../../src/render/renderDump.js';
import { aGreenlet, aWaker } from '../../support/greenlets.js';
import { aFrame, aSnapshot, aThread, aVariable } from '../../support/snapshots.js';

const options = { colour: false, width: 100, sourceOf: () => null };

test('greenlets are shown by thread: what they wait for, those with the same stack once', () => {
  const worker = (n: number) => [aFrame({ variables: [aVariable('n', String(n))] })];
  const snapshot = aSnapshot({
    threads: [aThread(4242, 'main')],
    greenlets: [
      aGreenlet('0xa0', { type: 'Hub', state: 'running', frames: [] }),
      aGreenlet('0x1', { name: 'evil \u001b[2J', waitsFor: aWaker('io', '0xc', { fd: 7 }) }),
      aGreenlet('0x2', { frames: worker(1), waitsFor: aWaker('Queue', '0xd'), tid: 4242 }),
      aGreenlet('0x3', { frames: worker(2), waitsFor: aWaker('Queue', '0xd') }),
      aGreenlet('0x4', { state: 'not started', frames: [], run: aWaker('function', '0xe') }),
      aGreenlet('0x5', { main: true, tid: null, frames: [] }),
    ],
  });
  const text = renderDump(snapshot, options);
  expect(text.slice(text.indexOf('3 greenlets')))
    .toBe(`3 greenlets of thread 4242 "main", which runs Hub 0xa0, switched out:

3 greenlets with the same stack:
  waits for fd 7:
    "evil \\x1b[2J" 0x1
  waits for Queue 0xd:
    0x2, 0x3
  work (worker.py:12)
      n = 1  (0x2)
          2  (0x3)

1 greenlet not started yet:
  0x4: <function at 0xe>

1 greenlet of a thread that is not known, switched out:

Greenlet main 0x5
  no Python frames
`);
});
