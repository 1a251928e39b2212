import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chooseThread } from '../../src/target/chooseThread.js';
import { readKernelThreads } from '../../src/target/kernelThreads.js';
import { openProcessMemory, type ProcessMemory } from '../../src/target/processMemory.js';
import type { KernelThread } from '../../src/model/snapshot.js';
import { kernelThread } from '../../src/model/snapshot.js';
import { anyPython } from '../support/pythons.js';
import { startTarget, type Target } from '../support/target.js';
import { until } from '../support/until.js';

interface Expected {
  tid: number;
  call: string;
  fds: number[];
  has?: string[];
  starts?: string[];
  futex?: boolean;
}

let target: Target;
let memory: ProcessMemory;
let expected: Expected[];

beforeAll(async () => {
  target = await startTarget(anyPython().executable, 'blocked.py', [], { bare: true });
  expected = JSON.parse(target.ready) as Expected[];
  memory = openProcessMemory(target.pid);
});

afterAll(async () => {
  memory.close();
  await target.end();
});

const read = (): KernelThread[] => readKernelThreads(target.pid, { memory });
const byTid = (threads: KernelThread[], tid: number) => threads.find((thread) => thread.tid === tid)!;

/** The C library may use a newer call for the same function: pselect6 for select, ppoll for poll. */
function isCall(name: string, wanted: string): boolean {
  const plain = (text: string) =>
    text
      .replace(/^p(?=select|poll)/, '')
      .replace('pwait', 'wait')
      .replace(/\d+$/, '');
  return plain(name) === plain(wanted);
}

describe('threads blocked in known system calls', () => {
  test('each is named, with its file descriptors and arguments', () => {
    const threads = read();
    for (const { tid, call, fds, has = [], starts = [], futex } of expected) {
      const thread = byTid(threads, tid);
      kernelThread.parse(thread);
      expect(thread.state).toBe('S');
      const { systemCall } = thread;
      expect({ call, is: isCall(systemCall!.name, call), name: systemCall!.name }).toMatchObject({
        is: true,
      });
      expect({ call, fds: systemCall!.fds }).toEqual({ call, fds });
      for (const text of has) expect(systemCall!.arguments).toContain(text);
      if (starts.length > 0) {
        expect(systemCall!.arguments.some((text) => starts.some((start) => text.startsWith(start)))).toBe(
          true,
        );
      }
      expect(systemCall!.futex !== null).toBe(futex === true);
    }
  });

  test('how long each is blocked grows with the time that passes', async () => {
    const first = read();
    const start = performance.now();
    await until(() => performance.now() - start > 1000);
    const second = read();
    const passed = performance.now() - start;
    for (const { tid } of expected) {
      const [before, after] = [byTid(first, tid).lastRanMsAgo, byTid(second, tid).lastRanMsAgo];
      // Null: the kernel does not tell, or not exactly enough.
      if (before === null || after === null) continue;
      // In a virtual machine that has run for half a day the clocks of two processors have been seen 120 ms further
      // apart than /proc/stat explains.
      expect(Math.abs(after - before - passed)).toBeLessThan(300);
    }
  });

  test('the main thread is chosen, parked', () => {
    const threads = read();
    expect(chooseThread(target.pid, threads)).toEqual({ tid: target.pid, parked: true, uninterruptible: [] });
  });

  // A stop interrupts calls with a timeout; they go on as restart_syscall, whose name alone says nothing.
  test('calls that were interrupted by a stop keep their names', async () => {
    process.kill(target.pid, 'SIGSTOP');
    await until(() => read().every(({ state }) => state === 'T'));
    process.kill(target.pid, 'SIGCONT');
    const parked = (threads: KernelThread[]) =>
      threads.every(({ state, systemCall }) => state === 'S' && systemCall !== null);
    await until(() => parked(read()));
    const threads = read();
    for (const { tid, call, fds } of expected) {
      const { systemCall } = byTid(threads, tid);
      expect({ call, is: isCall(systemCall!.name, call), name: systemCall!.name }).toMatchObject({
        is: true,
      });
      expect(systemCall!.fds).toEqual(fds);
    }
  });
});

test('of a process that has ended nothing is told', () => {
  expect(readKernelThreads(2 ** 22 + 1)).toEqual([]);
});
