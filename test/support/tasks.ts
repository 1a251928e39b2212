import type { AsyncioTask } from '../../src/model/asyncioTask.js';

export const loopIdent = 4242 + 140_000_000_000_000;

/** A task of the loop of thread 4242; its address is its name in hex. */
export function aTask(name: string, more: Partial<AsyncioTask> = {}): AsyncioTask {
  return {
    interpreter: 0,
    address: taskAddress(name),
    type: 'Task',
    name,
    coroutine: 'work',
    loop: '0x7f0000009000',
    ident: loopIdent,
    running: false,
    waitsFor: { address: '0x1', type: 'Future', task: false, state: 'pending' },
    awaited: true,
    completes: [],
    timeout: false,
    frames: [],
    ...more,
  };
}

export function taskAddress(name: string): string {
  return `0x${Buffer.from(name).toString('hex')}`;
}

/** What a task has that awaits another one. */
export function awaits(name: string): Pick<AsyncioTask, 'waitsFor'> {
  return { waitsFor: { address: taskAddress(name), type: 'Task', task: true, state: 'pending' } };
}

/** What a task has that awaits a future, which others set. */
export function awaitsFuture(address: string): Pick<AsyncioTask, 'waitsFor'> {
  return { waitsFor: { address, type: 'Future', task: false, state: 'pending' } };
}
