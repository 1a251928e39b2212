import { expect, test } from '@jest/globals';
import { taskCycles } from '../../../src/why/taskCycles.js';
import { aFrame, aSnapshot, aThread } from '../../support/snapshots.js';
import { aTask, awaits, taskAddress } from '../../support/tasks.js';

const frames = [
  aFrame({ module: 'asyncio.tasks', function: 'wait_for', file: '/lib/asyncio/tasks.py' }),
  aFrame({ module: 'app', function: 'transfer', file: '/srv/app/app.py', line: 12 }),
];
const circle = [aTask('a', { ...awaits('b'), frames }), aTask('b', { ...awaits('a'), frames })];
const threads = [aThread(4242, 'MainThread'), aThread(4243, 'other')];

test('tasks that wait for each other, and who waits behind', () => {
  const tasks = [...circle, aTask('c', awaits('a')), aTask('d', awaits('c')), aTask('e')];
  expect(taskCycles(aSnapshot({ threads, tasks }))).toEqual([
    {
      kind: 'task cycle',
      hung: true,
      inferred: false,
      tids: [4242],
      tasks: [taskAddress('a'), taskAddress('b')],
      text:
        'deadlock of asyncio tasks: "a" waits in transfer (app.py:12) for "b", ' +
        'which waits in transfer (app.py:12) for "a"; 2 tasks wait behind',
    },
  ]);
});

test('a timeout in the circle or behind it will end it', () => {
  const behind = [...circle, aTask('c', { ...awaits('b'), timeout: true })];
  expect(taskCycles(aSnapshot({ threads, tasks: behind }))).toMatchObject([
    { hung: false, text: expect.stringContaining('the wait of "c" has a timeout') },
  ]);
  const within = [circle[0]!, { ...circle[1]!, timeout: true }];
  expect(taskCycles(aSnapshot({ threads, tasks: within }))).toMatchObject([{ hung: false }]);
});

test('a chain is no circle', () => {
  const tasks = [aTask('a', awaits('b')), aTask('b', awaits('c')), aTask('c')];
  expect(taskCycles(aSnapshot({ threads, tasks }))).toEqual([]);
});
