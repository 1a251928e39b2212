import { describe, expect, test } from '@jest/globals';
import type { Frame } from '../../../src/model/agentReport.js';
import type { FutexPlace, KernelFacts } from '../../../src/model/kernelFacts.js';
import type { SystemCall, Thread } from '../../../src/model/snapshot.js';
import type { Value } from '../../../src/model/value.js';
import type { WhyReport } from '../../../src/model/why.js';
import { explain } from '../../../src/why/explain.js';
import { aFrame, aSnapshot, aThread, aVariable, noKernelFacts } from '../../support/snapshots.js';

const nothing: KernelFacts = { ...noKernelFacts, caughtSignals: ['SIGINT'] };

/** A lock at an address; who waits for it sleeps 16 bytes further on. */
function aLock(address: number, lock: Partial<NonNullable<Value['lock']>> = {}): Value {
  return {
    ...{ type: 'lock', address: `0x${address.toString(16)}`, repr: '<locked>', how: 'raw' },
    lock: {
      ...{ kind: 'Lock', locked: true, owner: null, count: null, futex: futexOf(address) },
      ...lock,
    },
  };
}

function futexOf(address: number): string {
  return `0x${(address + 16).toString(16)}`;
}

function call(name: string, more: Partial<SystemCall> = {}): SystemCall {
  return { number: 1, name, arguments: ['timeout=infinite'], fds: [], futex: null, ...more };
}

function blocked(
  tid: number,
  name: string,
  systemCall: SystemCall,
  frames: Frame[],
  lastRanMsAgo = 5000,
): Thread {
  return aThread(tid, name, { python: { frames }, kernel: { systemCall, lastRanMsAgo } });
}

/** A thread that wants a lock. */
function wants(
  tid: number,
  name: string,
  address: number,
  frame: Partial<Frame> = {},
  timeout = 'infinite',
): Thread {
  const { calledLocks = [aLock(address)] } = frame;
  const futex = call('futex', { futex: futexOf(address), arguments: [`timeout=${timeout}`] });
  return blocked(tid, name, futex, [aFrame({ ...frame, calledLocks })]);
}

function explained(threads: Thread[], facts: Partial<KernelFacts> = {}): ReturnType<typeof explain> {
  return explain(aSnapshot({ threads }), { ...nothing, ...facts });
}

function kinds({ findings }: Pick<WhyReport, 'findings'>): [string, boolean, boolean][] {
  return findings.map(({ kind, hung, inferred }) => [kind, hung, inferred]);
}

const sleeping = blocked(4242, 'MainThread', call('clock_nanosleep', { arguments: ['remaining=5s'] }), [
  aFrame(),
]);

describe('who has a lock', () => {
  test('a lock is waited for only where the futex says so', () => {
    const stale = wants(1, 'a', 0x100, { calledLocks: [aLock(0x200), aLock(0x100)] });
    expect(explained([sleeping, stale]).threads[1]?.waits).toMatchObject({ for: 'lock', address: '0x100' });
    const other = wants(1, 'a', 0x100, { calledLocks: [aLock(0x200)] });
    expect(explained([sleeping, other]).threads[1]?.waits).toMatchObject({ for: 'unknown', address: null });
  });

  test('from 3.13 on it is the address in front of the futex', () => {
    const lock = aLock(0x100, { futex: '0x110' });
    const parked = call('futex', { futex: '0x7ff008', parkedFor: '0x110' });
    const thread = blocked(1, 'a', parked, [aFrame({ calledLocks: [lock] })]);
    expect(explained([sleeping, thread]).threads[1]?.waits?.address).toBe('0x100');
  });

  test('two that could have it are none', () => {
    const within = (tid: number): Thread =>
      aThread(tid, `t${String(tid)}`, {
        python: { frames: [aFrame({ variables: [aVariable('lock', '<locked>', aLock(0x100))] })] },
        kernel: { state: 'R' },
      });
    const waits = (threads: Thread[]) =>
      explained([wants(1, 'a', 0x100), ...threads]).threads[0]?.waits?.heldBy;
    expect(waits([within(2)])).toMatchObject({ tid: 2, how: 'variable', inferred: true });
    expect(waits([within(2), within(3)])).toBeNull();
  });

  test('an owner that is no thread is gone, unless threads were left out', () => {
    const gone = wants(1, 'a', 0x100, {
      calledLocks: [aLock(0x100, { kind: 'RLock', owner: 77, count: 1 })],
    });
    expect(kinds(explained([gone]))).toEqual([['lost owner', true, false]]);
    const { limits } = aSnapshot();
    const cut = explain(aSnapshot({ threads: [gone], limits: { ...limits, threads: 1 } }), {
      ...nothing,
      caughtSignals: ['SIGTERM'],
    });
    expect(kinds(cut)).toEqual([]);
  });
});

describe('deadlocks', () => {
  const circle = (timeout: string): Thread[] => [
    wants(1, 'a', 0x100, { stackLocks: [aLock(0x200)] }, timeout),
    wants(2, 'b', 0x200, { stackLocks: [aLock(0x300)] }),
    wants(3, 'c', 0x300, { stackLocks: [aLock(0x100)] }),
    wants(4, 'd', 0x300),
  ];

  test('a circle of three, and one behind', () => {
    const report = explained([sleeping, ...circle('infinite')]);
    expect(kinds(report)).toEqual([['deadlock', true, true]]);
    expect(report.findings[0]?.tids).toEqual([1, 3, 2]);
    expect(report.text).toMatch(/; thread "d" \(4\) waits behind$/);
  });

  test('is none if a timeout ends it', () => {
    const report = explained([sleeping, ...circle('2s')]);
    expect(report.verdict).toBe('not hung');
    expect(kinds(report)).toEqual([['deadlock', false, true]]);
    expect(report.findings[0]?.text).toContain('the wait of "a" (1) has a timeout');
  });
});

describe('mutexes of C', () => {
  const wantsMutex = (tid: number, name: string, mutexOwner: number, ms = 5000): Thread =>
    blocked(tid, name, call('futex', { futex: '0x500', mutexOwner }), [aFrame()], ms);
  const wantsGil: Thread = {
    ...blocked(2, 'b', call('futex', { futex: '0x600' }), [aFrame()]),
    gil: 'waits',
  };

  test('and the GIL, unless who has it slept for a moment only', () => {
    const holder = (ms: number): Thread => ({ ...wantsMutex(1, 'a', 2, ms), gil: 'holds' });
    expect(kinds(explained([holder(300), wantsGil]))).toEqual([['deadlock', true, false]]);
    expect(kinds(explained([holder(100), wantsGil]))).toEqual([['deadlock', false, false]]);
  });

  test('an owner that is no thread is believed of the parent only', () => {
    const parentThreads = [{ tid: 7, name: 'hold' }];
    const found = (owner: number, ms = 5000) =>
      explained([wantsMutex(1, 'a', owner, ms)], { forkedFrom: 6, parentThreads });
    expect(kinds(found(7))).toEqual([['lost owner', true, false]]);
    expect(found(7).text).toContain('its thread "hold" (7) had it when the process was forked from 6');
    expect(kinds(found(8))).toEqual([['lost owner', true, true]]);
    expect(kinds(found(8, 100))[0]).toEqual(['lost owner', false, true]);
  });

  test('are named by where they lie', () => {
    const at = (place: FutexPlace, more: Partial<SystemCall>): string | undefined =>
      explained([blocked(1, 'a', call('futex', { futex: '0x500', ...more }), [aFrame()])], {
        futexPlaces: new Map([['0x500', place]]),
      }).threads[0]?.waits?.what;
    const inC: FutexPlace = { of: 'library', library: 'libx.so' };
    expect(at(inC, { mutexOwner: 2 })).toBe('mutex 0x500 of libx.so');
    expect(at(inC, {})).toBe('a lock or condition of libx.so (futex 0x500)');
    expect(at({ of: 'loader', library: 'ld.so' }, { mutexOwner: 2 })).toBe(
      'the lock of the dynamic loader (mutex 0x500)',
    );
    expect(at({ of: 'allocator', library: null }, {})).toBe('a lock of the memory allocator (futex 0x500)');
    expect(at({ of: 'memory', library: null }, {})).toBe('a lock or condition of C code (futex 0x500)');
  });
});

describe('nobody is left', () => {
  const alone = [wants(1, 'a', 0x100)];

  test('without signals, native threads and timeouts', () => {
    expect(kinds(explained(alone))).toEqual([['nobody left', true, true]]);
    expect(kinds(explained(alone, { caughtSignals: ['SIGINT', 'SIGTERM'] }))).toEqual([]);
    expect(kinds(explained([wants(1, 'a', 0x100, {}, '1s')]))).toEqual([]);
    const native: Thread = { ...sleeping, tid: 9, python: null, gil: 'none' };
    expect(kinds(explained([...alone, native]))).toEqual([]);
  });

  test('not for a lock of multiprocessing', () => {
    const shared = wants(1, 'a', 0x100, { calledLocks: [aLock(0x100, { kind: 'SemLock', count: 0 })] });
    expect(kinds(explained([shared]))).toEqual([]);
    const semaphore = wants(1, 'a', 0x100, {
      calledLocks: [aLock(0x100, { kind: 'Semaphore', count: 0 })],
    });
    expect(kinds(explained([semaphore]))).toEqual([]);
  });

  test('room in a Queue of multiprocessing for a single item is nobody’s, though it is made of what a lock is', () => {
    const lock = aLock(0x100, { kind: 'SemLock', count: 0 });
    const facts = { sharedMemory: new Map([[futexOf(0x100), '00:1b:7+0']]) };
    const sharedBy = (module: string, name: string) =>
      explained([wants(1, 'a', 0x100, { module, function: name, calledLocks: [lock] })], facts).threads[0]
        ?.waits?.shared;
    expect(sharedBy('multiprocessing.queues', 'put')).toBeUndefined();
    expect(sharedBy('multiprocessing.queues', 'get')).toBe('00:1b:7+0');
    expect(sharedBy('app', 'put')).toBe('00:1b:7+0');
  });
});

describe('the rest', () => {
  test('a GIL that is kept for a moment is no matter', () => {
    const holder = (ms: number): Thread => ({
      ...blocked(1, 'a', call('read', { fds: [3] }), [aFrame()], ms),
      gil: 'holds',
    });
    expect(kinds(explained([holder(20)]))).toEqual([]);
    expect(kinds(explained([holder(2000)]))).toEqual([['gil held', true, false]]);
  });

  test('a full pipe is a deadlock unless somebody reads it, or it is so in passing', () => {
    const fd = { fd: 5, target: 'pipe:[7]', flags: [], closeOnExec: true, blockedThreads: [] };
    const pipe = { kind: 'pipe' as const, ...fd, inode: 7, end: 'read' as const, path: null, others: [] };
    const waiting = blocked(1, 'a', call('wait4', { arguments: ['pid=50'] }), [aFrame()]);
    const child = {
      pid: 50,
      command: 'ls',
      state: 'S',
      blockedMs: 3000,
      writingTo: ['pipe:[7]'],
      readingEnds: [],
    };
    const reader = { ...child, pid: 51, writingTo: [], readingEnds: ['pipe:[7]'] };
    const found = (children: KernelFacts['children'], blockedThreads: number[] = []) =>
      kinds(
        explain(aSnapshot({ threads: [waiting], fds: [{ ...pipe, blockedThreads }] }), {
          ...nothing,
          children,
        }),
      );
    expect(found([child])).toEqual([['pipe', true, false]]);
    expect(found([child, reader])).toEqual([]);
    expect(found([{ ...child, blockedMs: 10 }])).toEqual([]);
    expect(found([child], [2])).toEqual([]);
  });

  test('of a process that is well the main thread is told', () => {
    expect(explained([{ ...sleeping, tid: 4242 }]).text).toBe(
      'not hung: thread "MainThread" (4242) waits in work (worker.py:12) for time to pass (remaining=5s)',
    );
  });
});
