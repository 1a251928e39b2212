import { describe, expect, test } from '@jest/globals';
import type { AsyncioTask } from '../../../src/model/asyncioTask.js';
import type { Value } from '../../../src/model/value.js';
import { taskCyclesIn, taskWaitsOf } from '../../../src/tasks/taskWaits.js';
import { taskDoing, tasksInGeneral } from '../../../src/tasks/taskWords.js';
import { aFrame, aVariable } from '../../support/snapshots.js';
import { aTask, awaits, awaitsFuture } from '../../support/tasks.js';

function cycles(tasks: AsyncioTask[]): (string | null)[][] {
  return taskCyclesIn(taskWaitsOf({ tasks })).map((cycle) => cycle.map(({ task }) => task.name));
}

function doing(task: AsyncioTask, ...others: AsyncioTask[]): string {
  const found = taskWaitsOf({ tasks: [task, ...others] }).find((wait) => wait.task === task);
  return found === undefined ? '' : taskDoing(found);
}

function libraryFrame(module: string, name: string, self: string | null, more: [string, string][] = []) {
  return aFrame({
    module,
    function: name,
    variables: [
      ...(self === null ? [] : [aVariable('self', `<${self}>`, { type: self, address: '0xabc' })]),
      ...more.map(([variable, repr]) => aVariable(variable, repr)),
    ],
  });
}

function aLock(address: string): Value {
  return { type: 'Lock', typeModule: 'asyncio.locks', address, repr: '<Lock>', how: 'raw' };
}

describe('cycles', () => {
  test('two, three, one behind, none', () => {
    expect(cycles([aTask('a', awaits('b')), aTask('b', awaits('a'))])).toEqual([['a', 'b']]);
    const three = [aTask('a', awaits('b')), aTask('b', awaits('c')), aTask('c', awaits('a'))];
    expect(cycles([...three, aTask('d', awaits('a'))])).toEqual([['a', 'b', 'c']]);
    expect(cycles([aTask('a', awaits('b')), aTask('b', awaits('c')), aTask('c')])).toEqual([]);
  });

  test('one of several that are gathered', () => {
    const tasks = [
      aTask('a', awaitsFuture('0x2')),
      aTask('b', { completes: ['0x2'] }),
      aTask('c', { ...awaits('a'), completes: ['0x2'] }),
    ];
    expect(cycles(tasks)).toEqual([['a', 'c']]);
  });

  test('where one of several is enough there is none', () => {
    const frames = [libraryFrame('asyncio.tasks', '_wait', null, [['return_when', "'FIRST_COMPLETED'"]])];
    const tasks = [
      aTask('a', { ...awaitsFuture('0x2'), frames }),
      aTask('b', { completes: ['0x2'] }),
      aTask('c', { ...awaits('a'), completes: ['0x2'] }),
    ];
    expect(cycles(tasks)).toEqual([]);
    expect(doing(tasks[0]!, ...tasks.slice(1))).toBe('waits for one of tasks "b" and "c"');
  });

  test('locks that tasks are inside of, and one that is inside of the same lock as another one', () => {
    const wants = libraryFrame('asyncio.locks', 'acquire', 'Lock');
    const has = (lock: string) => aFrame({ module: 'app', stackLocks: [aLock(lock)] });
    const tasks = [
      aTask('a', { frames: [wants, has('0xdef')] }),
      aTask('b', { ...awaits('a'), frames: [has('0xabc')] }),
    ];
    expect(cycles(tasks)).toEqual([['a', 'b']]);
    expect(doing(tasks[0]!, tasks[1]!)).toBe('waits for Lock 0xabc, held by task "b" (inferred)');
    expect(cycles([...tasks, aTask('c', { frames: [has('0xabc')] })])).toEqual([]);
    expect(cycles([aTask('a', { frames: [wants, has('0xabc')] })])).toEqual([['a']]);
  });

  test('a Condition that is waited for has released its lock', () => {
    const inside = aFrame({ module: 'app', stackLocks: [aLock('0xabc')] });
    const frames = (repr: string) => [
      aFrame({
        module: 'asyncio.locks',
        function: 'wait',
        variables: [aVariable('self', repr, { type: 'Condition', address: '0x5' })],
      }),
      inside,
    ];
    const wants = aTask('b', { frames: [libraryFrame('asyncio.locks', 'acquire', 'Lock')] });
    const on = (repr: string) =>
      taskWaitsOf({ tasks: [aTask('a', { frames: frames(repr) }), wants] })[1]?.on.map(({ name }) => name);
    expect(
      on("<asyncio.locks.Condition object at 0x5 {'_lock': <asyncio.locks.Lock object at 0xabc>}>"),
    ).toEqual([]);
    expect(
      on("<asyncio.locks.Condition object at 0x5 {'_lock': <asyncio.locks.Lock object at 0xdef>}>"),
    ).toEqual(['a']);
    expect(on('<asyncio.locks.Condition object at 0x5 {...}>')).toEqual([]);
  });

  test('many tasks behind one another', () => {
    const chain = Array.from({ length: 1000 }, (_, i) =>
      aTask(`t${String(i)}`, awaits(`t${String((i + 1) % 1000)}`)),
    );
    expect(cycles(chain).map(({ length }) => length)).toEqual([1000]);
  });
});

describe('what a task does, in words', () => {
  test.each([
    ['asyncio.tasks', 'sleep', null, 'waits for time to pass'],
    ['asyncio.queues', 'get', 'Queue', 'waits for an item in Queue 0xabc'],
    ['asyncio.locks', 'acquire', 'Lock', 'waits for Lock 0xabc'],
    ['asyncio.locks', 'acquire', 'BoundedSemaphore', 'waits for BoundedSemaphore 0xabc to be released'],
    ['asyncio.locks', 'wait', 'Event', 'waits for Event 0xabc to be set'],
    ['asyncio.streams', 'read', 'StreamReader', 'waits for data from StreamReader 0xabc'],
    ['app', 'get', 'Queue', 'waits for Future 0x1'],
  ])('%s.%s of %s', (module, name, self, text) => {
    expect(doing(aTask('a', { frames: [libraryFrame(module, name, self)] }))).toBe(text);
  });

  test('the outermost function of asyncio counts', () => {
    const frames = [
      libraryFrame('asyncio.locks', 'acquire', 'Lock'),
      libraryFrame('asyncio.locks', 'wait', 'Condition'),
      aFrame({ module: 'app' }),
      libraryFrame('asyncio.queues', 'get', 'Queue'),
    ];
    expect(doing(aTask('a', { frames }))).toBe('waits for Condition 0xabc to be notified');
  });

  test('the tasks that it waits for, timeouts, and what is about to go on', () => {
    expect(doing(aTask('a', { ...awaits('b'), timeout: true }), aTask('b'))).toBe(
      'waits for task "b", with a timeout',
    );
    const frames = [libraryFrame('asyncio.tasks', 'wait_for', null, [['timeout', '1.5']])];
    expect(doing(aTask('a', { frames }))).toBe('waits for Future 0x1, with a timeout');
    const five = ['b', 'c', 'd', 'e', 'f'].map((name) => aTask(name, { completes: ['0x2'] }));
    expect(doing(aTask('a', awaitsFuture('0x2')), ...five)).toBe('waits for tasks "b", "c", "d" and 2 more');
    expect(doing(aTask('a', { waitsFor: null }))).toBe('is about to go on');
    expect(doing(aTask('a', { running: true, waitsFor: null }))).toBe('runs');
    expect(doing(aTask('a', { name: null, coroutine: 'f', ...awaits('a') }))).toContain('task f() 0x61');
  });

  test('many at once', () => {
    const waiting = (name: string): AsyncioTask =>
      aTask(name, { frames: [libraryFrame('asyncio.queues', 'get', 'Queue')] });
    const tasks = [...['a', 'b', 'c'].map(waiting), aTask('d', awaits('a')), aTask('e', { waitsFor: null })];
    expect(tasksInGeneral(taskWaitsOf({ tasks }))).toBe(
      '5 tasks: 3 in Queue.get(), 1 for other tasks, 1 about to go on',
    );
  });
});
