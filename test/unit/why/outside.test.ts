import { describe, expect, test } from '@jest/globals';
import type { Frame } from '../../../src/model/agentReport.js';
import type { FileDescriptor } from '../../../src/model/fileDescriptor.js';
import type { KernelFacts } from '../../../src/model/kernelFacts.js';
import type { SystemCall } from '../../../src/model/snapshot.js';
import { explain } from '../../../src/why/explain.js';
import { aFrame, aSnapshot, aThread, aVariable, noKernelFacts } from '../../support/snapshots.js';

const nothing: KernelFacts = { ...noKernelFacts, caughtSignals: ['SIGINT'] };

const peer = {
  ...{ pid: 99, command: 'server', state: 'T', blockedMs: null },
  ...{ writingTo: [], readingEnds: [] },
};

function aSocket(more: Partial<Extract<FileDescriptor, { kind: 'socket' }>> = {}): FileDescriptor {
  return {
    ...{ kind: 'socket', fd: 5, target: 'socket:[7]', flags: ['O_RDWR'], closeOnExec: true },
    ...{ blockedThreads: [4242], inode: 7, family: 'AF_INET', type: 'SOCK_STREAM' },
    ...{ local: '127.0.0.1:4000', remote: '127.0.0.1:5000', state: 'ESTABLISHED' },
    ...{ receiveQueue: 0, sendQueue: 0, backlog: null, errorPending: false, peerPid: null },
    others: [{ pid: 99, fd: 3, command: 'server', peer: true }],
    ...more,
  };
}

function explained(
  systemCall: Partial<SystemCall>,
  { fds = [aSocket()], frames = [aFrame()] }: { fds?: FileDescriptor[]; frames?: Frame[] } = {},
  facts: Partial<KernelFacts> = {},
): ReturnType<typeof explain> {
  const call = { number: 45, name: 'recvfrom', arguments: ['fd=5'], fds: [5], futex: null, ...systemCall };
  const thread = aThread(4242, 'MainThread', { python: { frames }, kernel: { systemCall: call } });
  return explain(aSnapshot({ threads: [thread], fds }), { ...nothing, ...facts });
}

describe('a peer that is stopped', () => {
  const stopped = { stoppedPeers: [peer] };
  const kindsOf = (report: ReturnType<typeof explain>): [string, boolean][] =>
    report.findings.map(({ kind, hung }) => [kind, hung]);

  test('makes who waits for it hang, unless there is a timeout', () => {
    expect(kindsOf(explained({}, {}, stopped))).toEqual([['stopped peer', true]]);
    const poll = { name: 'poll', arguments: ['fds=[5:POLLIN]', 'timeout=3s'] };
    expect(kindsOf(explained(poll, {}, stopped))).toEqual([['stopped peer', false]]);
  });

  test('does not, if somebody else has the other end as well', () => {
    const others = [99, 98].map((pid) => ({ pid, fd: 3, command: 'server', peer: true as const }));
    expect(kindsOf(explained({}, { fds: [aSocket({ others })] }, stopped))).toEqual([]);
  });

  test('does not, if it is a client of this process', () => {
    const listener = aSocket({ fd: 4, local: '0.0.0.0:4000', remote: null, state: 'LISTEN', others: [] });
    expect(kindsOf(explained({}, { fds: [listener, aSocket()] }, stopped))).toEqual([]);
  });
});

describe('SQLite, between two attempts', () => {
  const facts = { lockedDatabases: [{ path: '/srv/a.db', holders: [{ ...peer, state: 'S' }] }] };
  const sleeps = { name: 'clock_nanosleep', fds: [], arguments: ['CLOCK_REALTIME', 'duration=100ms'] };
  const database = aVariable('database', '<Connection>', { type: 'Connection', typeModule: 'sqlite3' });
  const forWhat = (...args: Parameters<typeof explained>): string | undefined =>
    explained(...args).threads[0]?.waits?.for;

  test('is told by a connection in sight', () => {
    const frames = [aFrame({ variables: [database] })];
    const [thread] = explained(sleeps, { frames }, facts).threads;
    expect(thread?.waits).toMatchObject({ for: 'file lock', timeout: true });
    expect(thread?.doing).toMatch(
      /for the SQLite database \/srv\/a.db, which process 99 \(server\) has locked$/,
    );
  });

  test('is not thought of without one, or in time.sleep(), or if nobody has locked anything', () => {
    const frames = [aFrame({ variables: [database] })];
    const until = { ...sleeps, arguments: ['CLOCK_MONOTONIC', 'remaining=100ms'] };
    expect(forWhat(sleeps, {}, facts)).toBe('time');
    expect(forWhat(until, { frames }, facts)).toBe('time');
    expect(forWhat(sleeps, { frames })).toBe('time');
  });
});

describe('PostgreSQL, which waits for a lock', () => {
  const backend = { pid: 99, command: 'postgres: shop orders 10.0.0.3(4000) UPDATE waiting' };
  const waiting = (transactions: KernelFacts['postgresWaits'][number]['transactions']) =>
    explained({}, {}, { postgresWaits: [{ fd: 5, backend, transactions }] });

  test('is told with the transactions that may have it', () => {
    const idle = { pid: 98, command: 'postgres: shop orders [local] idle in transaction' };
    const report = waiting([{ ...idle, clients: [{ pid: 97, command: 'python3' }] }]);
    expect(report.threads[0]?.doing).toMatch(
      / for PostgreSQL, which waits for a lock itself: data from fd 5: /,
    );
    expect(report).toMatchObject({ verdict: 'not hung', findings: [{ kind: 'queued', inferred: true }] });
    expect(report.findings[0]?.text).toMatch(
      / as its process 99 \(postgres: .* UPDATE waiting\) says; .* idle in process 98 \(.*\), for process 97 \(python3\)$/,
    );
  });

  test('or alone, if none of them is seen', () => {
    expect(waiting([]).findings[0]?.text).toMatch(/ says; only the server knows who has it$/);
  });

  test('is not what a thread waits for that waits for more', () => {
    const poll = { name: 'poll', arguments: ['fds=[5:POLLIN, 6:POLLIN]', 'timeout=infinite'], fds: [5, 6] };
    expect(explained(poll, {}, { postgresWaits: [{ fd: 5, backend, transactions: [] }] }).findings).toEqual(
      [],
    );
  });
});

describe('the handler of a signal', () => {
  const outer = aFrame({ function: 'serve', line: 40 });
  const frame = "<frame at 0x7f10, file '/srv/app/worker.py', code serve>";
  const argument = (name: string, repr: string) => aVariable(name, repr, { kind: 'argument' });
  const doing = (variables: Frame['variables'], below = outer): string =>
    explained({}, { frames: [aFrame({ function: 'stop', ...(variables && { variables }) }), below] })
      .threads[0]?.doing ?? '';
  const told = / in the handler of SIGTERM that came in serve \(worker.py:40\), for /;

  test('by its arguments, however they are taken', () => {
    expect(doing([argument('number', '15'), argument('frame', frame)])).toMatch(told);
    expect(doing([argument('self', '<App>'), argument('n', '15'), argument('f', frame)])).toMatch(told);
    expect(doing([argument('args', `(15, ${frame})`)])).toMatch(told);
  });

  test('is none if the frame is not the one below, or no argument', () => {
    const elsewhere = aFrame({ function: 'other' });
    expect(doing([argument('number', '15'), argument('frame', frame)], elsewhere)).not.toContain('handler');
    expect(doing([aVariable('number', '15'), aVariable('frame', frame)])).not.toContain('handler');
  });
});

test('a request of urllib3 is told from its pool, as its connections do not know their host', () => {
  const self = (type: string, repr: string) => aVariable('self', repr, { type, kind: 'argument' });
  const frames = [
    aFrame({
      ...{ function: 'getresponse', module: 'http.client' },
      variables: [self('HTTPConnection', "<HTTPConnection {'_dns_host': 'api', '_method': 'GET'}>")],
    }),
    aFrame({
      ...{ function: 'urlopen', module: 'urllib3.connectionpool' },
      variables: [
        self('HTTPSConnectionPool', "<HTTPSConnectionPool {'host': 'api', 'port': 8443}>"),
        aVariable('url', "'/v1/pay?id=1'", { type: 'str' }),
      ],
    }),
    aFrame(),
  ];
  expect(explained({}, { frames }).threads[0]?.doing).toMatch(
    /^waits in work \(worker.py:12\) for the answer to GET https:\/\/api:8443\/v1\/pay\?id=1 over HTTP, data from fd 5: /,
  );
});
