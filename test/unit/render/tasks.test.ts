import { expect, test } from '@jest/globals';
import { renderDump } from '../../../src/render/renderDump.js';
import { selectThreads } from '../../../src/usecases/selectThreads.js';
import { aFrame, aSnapshot, aThread, aVariable } from '../../support/snapshots.js';
import { aTask, awaits } from '../../support/tasks.js';

const getter = (label: string) =>
  aFrame({
    module: 'asyncio.queues',
    function: 'get',
    file: '/usr/lib/python3.11/asyncio/queues.py',
    line: 158,
    variables: [
      aVariable('self', '<Queue>', { type: 'Queue', address: '0xabc' }),
      aVariable('getter', `<Future ${label}>`, { address: '0x1' }),
    ],
  });

const snapshot = aSnapshot({
  threads: [aThread(4242, 'MainThread', { python: { frames: [] } })],
  tasks: [
    aTask('worker 2', { frames: [getter('2')] }),
    aTask('worker 10', { frames: [getter('10')] }),
    aTask('\u001b[31mred', {
      ...awaits('worker 2'),
      created: [
        { function: 'create_task', file: '/usr/lib/python3.11/asyncio/tasks.py', line: 371 },
        { function: 'main', file: '/srv/app/worker.py', line: 7 },
      ],
      frames: [aFrame({ function: 'wait', variables: [] })],
    }),
    aTask('now', { running: true, awaited: false, waitsFor: null }),
    aTask('elsewhere', { loop: '0x7f000000a000', ident: null, frames: [aFrame({ variables: [] })] }),
    { error: 'the task cannot be read', address: '0x7f' },
  ],
  tasksTruncated: { shown: 6, total: 2000 },
});

const options = { colour: false, width: Infinity, sourceOf: () => null };

test('tasks stand below the threads, those with the same stack once', () => {
  const text = renderDump(snapshot, options);
  expect(text.slice(text.indexOf('4 tasks in'))).toBe(
    String.raw`4 tasks in the event loop of thread 4242 "MainThread":

Task "\x1b[31mred"  waits for task "worker 2"
  created in main (worker.py:7)
  wait (worker.py:12)

Task "now"  runs; nobody awaits it

2 tasks with the same stack:
  waits for an item in Queue 0xabc:
    "worker 2", "worker 10"
  get (asyncio/queues.py:158)
      self   = <Queue>
      getter = <Future 2>  ("worker 2")
               <Future 10>  ("worker 10")

1 task in the event loop that no known thread runs:

Task "elsewhere"  waits for Future 0x1
  work (worker.py:12)

1 task cannot be read

… 6 of 2,000 tasks shown
`,
  );
});

test('of one thread, only the tasks of its loop', () => {
  const other = aThread(4243, 'other', { python: { frames: [] } });
  const both = { ...snapshot, threads: [...snapshot.threads, other] };
  expect(selectThreads(both, '4242').tasks).toHaveLength(4);
  expect(selectThreads(both, 'other').tasks).toEqual([]);
});
