import { expect, test } from '@jest/globals';
import { whyTasks } from '../../../src/why/whyTasks.js';
import { aFrame, aSnapshot, aThread, aVariable } from '../../support/snapshots.js';
import { aTask, awaits, awaitsFuture, taskAddress } from '../../support/tasks.js';

const threads = [aThread(4242, 'MainThread')];
const transfer = aFrame({ module: 'app', function: 'transfer', file: '/srv/app/app.py', line: 12 });
const waitFor = aFrame({ module: 'asyncio.tasks', function: 'wait_for', file: '/lib/asyncio/tasks.py' });

test('who waits for whom, and where in the program', () => {
  const tasks = [aTask('a', { ...awaits('b'), timeout: true, frames: [waitFor, transfer] }), aTask('b')];
  const [a, b] = whyTasks(aSnapshot({ threads, tasks }));
  expect(a).toEqual({
    ...{ address: taskAddress('a'), tid: 4242, name: 'a', coroutine: 'work' },
    doing: 'waits in transfer (app.py:12) for task "b", with a timeout',
    place: { function: 'transfer', file: '/srv/app/app.py', line: 12 },
    waits: {
      ...{ what: 'task "b", with a timeout', address: taskAddress('b') },
      ...{ timeout: true, tasks: [taskAddress('b')], any: false },
    },
  });
  expect(b).toMatchObject({ doing: 'waits for Future 0x1', place: null, waits: { tasks: [] } });
});

test('one of several that is enough', () => {
  const wait = aFrame({
    ...{ module: 'asyncio.tasks', function: '_wait', file: '/lib/asyncio/tasks.py' },
    variables: [aVariable('return_when', "'FIRST_COMPLETED'"), aVariable('timeout', 'None')],
  });
  const parts = ['b', 'c'].map((name) => aTask(name, { completes: ['0x99'] }));
  const tasks = [aTask('a', { ...awaitsFuture('0x99'), frames: [wait] }), ...parts];
  expect(whyTasks(aSnapshot({ threads, tasks }))[0]?.waits).toMatchObject({
    ...{ address: '0x99', tasks: [taskAddress('b'), taskAddress('c')], any: true },
  });
});

test('one that runs, and one of a loop that no thread runs', () => {
  const tasks = [aTask('a', { running: true, waitsFor: null }), aTask('b', { waitsFor: null, ident: null })];
  expect(whyTasks(aSnapshot({ threads, tasks }))).toMatchObject([
    { name: 'a', doing: 'runs', waits: null, tid: 4242 },
    { name: 'b', doing: 'is about to go on', waits: null, tid: null },
  ]);
});
