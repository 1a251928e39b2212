import { describe, expect, test } from '@jest/globals';
import type { PythonThread } from '../../../src/model/agentReport.js';
import type { KernelThread } from '../../../src/model/snapshot.js';
import { mergeThreads } from '../../../src/usecases/mergeThreads.js';
import { aKernelThread, aPythonThread, aSnapshot } from '../../support/snapshots.js';

const { interpreters } = aSnapshot();
const python = (tid: number | null, more: Partial<PythonThread> = {}): PythonThread => ({
  ...aPythonThread(`t${tid}`),
  tid,
  ...more,
});
const inFutex = (tid: number, futex: string): KernelThread =>
  aKernelThread(tid, { systemCall: { number: 202, name: 'futex', arguments: [], fds: [], futex } });

test('threads of both sides are joined by their id; one-sided ones stay', () => {
  const merged = mergeThreads({ threads: [python(12), python(null), python(11)], interpreters }, [
    aKernelThread(11),
    aKernelThread(13),
  ]);
  expect(merged.map(({ tid, kernel, python: known, gil }) => [tid, kernel?.tid, known?.name, gil])).toEqual([
    [11, 11, 't11', 'released'],
    [12, undefined, 't12', 'unknown'],
    [13, 13, undefined, 'none'],
    [null, undefined, 'tnull', 'unknown'],
  ]);
});

test('in a pid namespace of its own the process knows its threads by other ids', () => {
  const merged = mergeThreads(
    { threads: [python(1), python(9)], interpreters },
    [aKernelThread(501), aKernelThread(502)],
    new Map([
      [1, 501],
      [2, 502],
    ]),
  );
  expect(merged.map(({ tid, kernel, python: known }) => [tid, kernel?.tid, known?.name])).toEqual([
    [501, 501, 't1'],
    [502, 502, undefined],
    [null, undefined, 't9'],
  ]);
});

test('so does it know the owners of its mutexes', () => {
  const owned = (tid: number, mutexOwner: number): KernelThread => {
    const thread = inFutex(tid, '0x7f10');
    return { ...thread, systemCall: { ...thread.systemCall!, mutexOwner } };
  };
  const outer = new Map([
    [1, 501],
    [2, 502],
  ]);
  const merged = mergeThreads({ threads: [python(1)], interpreters }, [owned(501, 2), owned(502, 9)], outer);
  expect(merged.map(({ kernel }) => kernel?.systemCall?.mutexOwner)).toEqual([502, 0]);
});

describe('the GIL', () => {
  const gilOf = (thread: PythonThread, kernel: KernelThread, gil: object = {}): string | undefined => {
    const [main] = interpreters;
    const changed = interpreters.map((each) => ({ ...each, gil: { ...main!.gil, ...gil } }));
    return mergeThreads({ threads: [thread], interpreters: changed }, [kernel])[0]?.gil;
  };

  test.each([
    ['first byte of the locks', '0x7f0000002000', 'waits'],
    ['last byte', '0x7f000000202f', 'waits'],
    ['just behind it', '0x7f0000002030', 'released'],
    ['just before it', '0x7f0000001fff', 'released'],
  ])('a thread in futex() on the %s', (_where, address, expected) => {
    expect(gilOf(python(1), inFutex(1, address))).toBe(expected);
  });

  test('the holder holds it, whatever it waits for', () => {
    expect(gilOf(python(1, { holdsGil: true }), inFutex(1, '0x7f0000002000'))).toBe('holds');
  });

  test('without the address of its locks it is only known of a free GIL that nobody waits', () => {
    expect(gilOf(python(1), inFutex(1, '0x1'), { locks: null, locked: false })).toBe('released');
    expect(gilOf(python(1), inFutex(1, '0x1'), { locks: null, locked: true })).toBe('unknown');
  });

  test('of an interpreter that was not described nothing is known', () => {
    expect(gilOf(python(1, { interpreter: 7 }), aKernelThread(1))).toBe('unknown');
  });
});
