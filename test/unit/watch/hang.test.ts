import { describe, expect, test } from '@jest/globals';
import type { FileDescriptor } from '../../../src/model/fileDescriptor.js';
import type { KernelFacts } from '../../../src/model/kernelFacts.js';
import type { SystemCall, Thread } from '../../../src/model/snapshot.js';
import type { Finding, WhyReport } from '../../../src/model/why.js';
import { explain } from '../../../src/why/explain.js';
import { hangIn, sameStacks } from '../../../src/watch/hang.js';
import { aFrame, aSnapshot, aThread, aVariable, noKernelFacts } from '../../support/snapshots.js';

const nothing: KernelFacts = { ...noKernelFacts, caughtSignals: ['SIGTERM'] };

function lookAt(threads: Thread[], fds: FileDescriptor[] = []): Parameters<typeof hangIn>[0] {
  const snapshot = aSnapshot({ threads, fds });
  const { sleeperVersion, takenAt, stoppedUs, process, warnings } = snapshot;
  const report: WhyReport = {
    schemaVersion: 1,
    ...{ sleeperVersion, takenAt, stoppedUs, process, warnings },
    ...explain(snapshot, nothing),
  };
  return { report, snapshot };
}

function standing(...tids: number[]): Parameters<typeof hangIn>[1] {
  return { standing: () => new Set(tids), isRestless: () => false, stateOf: () => 'S' };
}

function inCall(name: string, more: Partial<SystemCall> = {}): SystemCall {
  return { number: 1, name, arguments: [], fds: [], futex: null, ...more };
}

const main = 4242;

function blocked(tid: number, systemCall: SystemCall, frames = [aFrame()]): Thread {
  return aThread(tid, `t${tid}`, { python: { frames }, kernel: { systemCall } });
}

const file = { flags: [], closeOnExec: true, blockedThreads: [] };

function socket(fd: number, state: string): FileDescriptor {
  return {
    ...{
      kind: 'socket',
      fd,
      target: 'socket:[1]',
      ...file,
      inode: 1,
      family: 'AF_INET',
      type: 'SOCK_STREAM',
    },
    ...{ local: '127.0.0.1:1', remote: null, state, receiveQueue: null, sendQueue: null, backlog: null },
    ...{ errorPending: null, peerPid: null, others: [] },
  };
}

function pipe(fd: number): FileDescriptor {
  const end = 'both' as const;
  return { kind: 'pipe', fd, target: 'pipe:[1]', ...file, inode: 1, end, path: null, others: [] };
}

/** A frame of a method of the library. */
function of(module: string, name: string, type: string): ReturnType<typeof aFrame> {
  return aFrame({ module, function: name, variables: [aVariable('self', '<...>', { type })] });
}

const fds = [
  socket(3, 'LISTEN'),
  socket(4, 'ESTABLISHED'),
  socket(5, 'UNCONNECTED'),
  pipe(6),
  socket(0, 'CONNECTED'),
];

/** The verdict on a main thread that stands still, alone. */
function hang(systemCall: SystemCall, frames?: Thread['python'], strict = false): string | null {
  const thread = blocked(main, systemCall, (frames?.frames ?? [aFrame()]) as ReturnType<typeof aFrame>[]);
  return hangIn(lookAt([thread], fds), standing(main), { watched: main, strict })?.reason ?? null;
}

describe('a main thread that stands still', () => {
  test.each([
    ['reads from a connection', inCall('recvfrom', { fds: [4] })],
    ['waits for a connection to be readable', inCall('poll', { fds: [4] })],
    ['writes into a pipe', inCall('write', { fds: [6] })],
    ['connects', inCall('connect', { fds: [5] })],
    ['waits for a lock', inCall('futex', { futex: '0x10' })],
    ['reads from what is not known', inCall('read', { fds: [99] })],
  ])('hangs when it %s', (_what, call) => {
    expect(hang(call)).toMatch(/^no progress: thread "t4242" \(4242\) waits in work \(worker.py:12\) for /);
  });

  test.each([
    ['accepts', inCall('accept4', { fds: [3] })],
    ['is in epoll_wait()', inCall('epoll_wait', { fds: [4] })],
    ['is in a select() of several', inCall('select', { fds: [4, 6] })],
    ['waits for a listening socket', inCall('poll', { fds: [3] })],
    ['reads from a socket that is no connection', inCall('recvfrom', { fds: [5] })],
    ['reads from a pipe', inCall('read', { fds: [6] })],
    ['reads its standard input', inCall('read', { fds: [0] })],
    ['sleeps', inCall('clock_nanosleep', { arguments: ['remaining=5s'] })],
    ['waits for a signal', inCall('pause')],
    ['waits for a child', inCall('wait4', { arguments: ['pid=1'] })],
  ])('does not when it %s, but if that is asked for', (_what, call) => {
    expect(hang(call)).toBeNull();
    expect(hang(call, null, true)).toMatch(/^no progress: /);
  });

  const futex = inCall('futex', { futex: '0x10' });

  test.each([
    ['queue', 'get', 'Queue', false],
    ['queue', 'put', 'Queue', true],
    ['multiprocessing.queues', 'put', 'Queue', true],
    ['threading', 'wait', 'Event', false],
    ['threading', 'wait', 'Condition', false],
    ['threading', 'wait', 'Barrier', true],
    ['threading', 'acquire', 'Semaphore', true],
    ['concurrent.futures.thread', '_worker', 'x', false],
  ])('in %s.%s of %s', (module, name, type, hangs) => {
    const frames = [of(module, name, type), aFrame()];
    expect(hang(futex, { ...aThread(main, 'x').python, frames } as Thread['python']) !== null).toBe(hangs);
  });

  test('does not hang if it runs', () => {
    const running = aThread(main, 'x', { kernel: { state: 'R' } });
    expect(hangIn(lookAt([running]), standing(main), { watched: main, strict: true })).toBeNull();
  });

  test('does not hang if it has run, if hardly, but for a GIL that it does not get', () => {
    const restless = { ...standing(main), isRestless: () => true };
    const choice = { watched: main, strict: false };
    const lock = blocked(main, inCall('futex', { futex: '0x10' }));
    expect(hangIn(lookAt([lock]), standing(main), choice)).not.toBeNull();
    expect(hangIn(lookAt([lock]), restless, choice)).toBeNull();
    const gil: Thread = { ...lock, gil: 'waits' };
    expect(hangIn(lookAt([gil]), restless, choice)?.reason).toMatch(/ for the GIL$/);
  });

  test('is none of ours where a heartbeat counts', () => {
    const look = lookAt([blocked(main, inCall('recvfrom', { fds: [4] }))], fds);
    expect(hangIn(look, standing(main), { watched: null, strict: false })).toBeNull();
  });
});

describe('a main thread that waits for another', () => {
  const joins = blocked(main, inCall('futex', { futex: '0x10' }), [
    aFrame({
      module: 'threading',
      function: 'join',
      variables: [aVariable('self', '<Thread>', { type: 'Thread', address: '0x77' })],
    }),
    aFrame(),
  ]);

  function joined(systemCall: SystemCall): Thread {
    return blocked(7, systemCall, [
      aFrame(),
      aFrame({
        module: 'threading',
        function: '_bootstrap',
        variables: [aVariable('self', '<Thread>', { type: 'Thread', address: '0x77' })],
      }),
    ]);
  }

  const choice = { watched: main, strict: false };

  test('hangs if that one does, and both are told', () => {
    const look = lookAt([joins, joined(inCall('recvfrom', { fds: [4] }))], fds);
    expect(hangIn(look, standing(main, 7), choice)).toEqual({
      reason: expect.stringMatching(
        /^no progress: thread "t4242" .* for thread "t7" \(7\) to end; thread "t7" \(7\) waits .* data from /,
      ),
      tids: [main, 7],
    });
  });

  test('does not if that one goes on, or waits for work', () => {
    const answer = lookAt([joins, joined(inCall('recvfrom', { fds: [4] }))], fds);
    expect(hangIn(answer, standing(main), choice)).toBeNull();
    const work = lookAt([joins, joined(inCall('accept4', { fds: [3] }))], fds);
    expect(hangIn(work, standing(main, 7), choice)).toBeNull();
  });
});

describe('what sleeper why calls hung', () => {
  function found(finding: Partial<Finding>): Parameters<typeof hangIn>[0] {
    const look = lookAt([]);
    const all = {
      kind: 'deadlock' as const,
      hung: true,
      inferred: false,
      tids: [1, 2],
      text: 'so',
      ...finding,
    };
    return { ...look, report: { ...look.report, findings: [all] } };
  }
  const choice = { watched: null, strict: false };

  test('is a hang when all that it is about have stood still', () => {
    expect(hangIn(found({}), standing(1, 2, 3), choice)).toEqual({ reason: 'so', tids: [1, 2] });
    expect(hangIn(found({}), standing(1, 3), choice)).toBeNull();
    expect(hangIn(found({ hung: false }), standing(1, 2, 3), choice)).toBeNull();
  });

  test('of a GIL, when its holder has', () => {
    expect(hangIn(found({ kind: 'gil held' }), standing(1), choice)).toEqual({ reason: 'so', tids: [1] });
    expect(hangIn(found({ kind: 'gil held' }), standing(2), choice)).toBeNull();
  });

  test('of the process as a whole is said of all threads', () => {
    expect(hangIn(found({ kind: 'stopped', tids: [] }), standing(8, 9), choice)?.tids).toEqual([8, 9]);
    expect(hangIn(found({ kind: 'stopped', tids: [] }), standing(), choice)).toBeNull();
  });

  test('but for a process that is debugged, and a disk that is slow just now', () => {
    expect(hangIn(found({ kind: 'traced', tids: [] }), standing(8), choice)).toBeNull();
    const disk = found({ kind: 'uninterruptible', tids: [] });
    expect(hangIn(disk, standing(8), choice)).toBeNull();
    expect(hangIn(disk, { ...standing(8), stateOf: () => 'D' }, choice)?.reason).toBe('so');
  });
});

test('two looks see the same if the threads are in the same lines', () => {
  const at = (line: number) =>
    lookAt([blocked(1, inCall('pause'), [aFrame({ line })]), blocked(2, inCall('pause'))]);
  expect(sameStacks(at(3), at(3), [1, 2])).toBe(true);
  expect(sameStacks(at(3), at(4), [1, 2])).toBe(false);
  expect(sameStacks(at(3), at(4), [2])).toBe(true);
});
