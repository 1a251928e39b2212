import { expect, test } from '@jest/globals';
import stripAnsi from 'strip-ansi';
import type { Snapshot } from '../../../src/model/snapshot.js';
import type { SourceOf } from '../../../src/render/context.js';
import { renderDump } from '../../../src/render/renderDump.js';
import { displayWidth } from '../../../src/render/width.js';
import { expectGolden } from '../../support/golden.js';
import { aFrame, aKernelThread, aSnapshot, aThread, aVariable } from '../../support/snapshots.js';

const noSource: SourceOf = () => null;

const lockLine = '    with second.lock:\n';
const source: SourceOf = (file, line) => {
  if (file.endsWith('changed.py')) return { kind: 'changed' };
  if (file.endsWith('worker.py')) return { kind: 'text', text: line === 12 ? lockLine : '\treturn f(x)' };
  return null;
};

/** Two threads in a deadlock, one that waits for a socket, one that computes, one of a native library. */
const hung: Snapshot = aSnapshot({
  threads: [
    aThread(4242, 'MainThread', {
      kernel: {
        systemCall: { number: 202, name: 'futex', arguments: [], fds: [], futex: '0x10' },
        lastRanMsAgo: 180_200,
      },
      python: {
        frames: [
          aFrame({
            function: '_wait_for_tstate_lock',
            qualifiedName: 'Thread._wait_for_tstate_lock',
            file: '/usr/lib/python3.11/threading.py',
            line: 1112,
          }),
          aFrame({ function: '<module>', file: '/srv/app/changed.py', line: 60 }),
        ],
      },
    }),
    aThread(4243, 'transfer a to b', {
      kernel: {
        systemCall: { number: 202, name: 'futex', arguments: [], fds: [], futex: '0x20' },
        lastRanMsAgo: 179_000,
      },
      python: {
        frames: [
          aFrame({
            function: 'transfer',
            qualifiedName: 'Bank.transfer',
            column: 9,
            endColumn: 20,
            endLine: 12,
            variables: [
              aVariable('amount', '12', { kind: 'argument', type: 'int' }),
              aVariable('first', "Account('a', balance=100)", { kind: 'argument' }),
              aVariable('lock', '<unlocked _thread.lock object at 0x7f12>', {
                lock: { kind: 'Lock', locked: false, owner: null, count: null, futex: null },
              }),
              aVariable('second', '<_thread.RLock object at 0x7f13>', {
                kind: 'free',
                lock: { kind: 'RLock', locked: true, owner: 4244 + 140_000_000_000_000, count: 2 },
              }),
              { name: 'broken', kind: 'local', error: 'not mapped', address: '0x10' },
            ],
            stackLocks: [
              {
                type: 'lock',
                address: '0x7f14',
                repr: '<locked _thread.lock object at 0x7f14>',
                how: 'raw',
                lock: { kind: 'Lock', locked: true, owner: null, count: null, futex: null },
              },
            ],
          }),
        ],
      },
    }),
    aThread(4244, 'transfer b to a', {
      gil: 'waits',
      kernel: { systemCall: { number: 202, name: 'futex', arguments: [], fds: [], futex: '0x7f0000002010' } },
      python: { daemon: true },
    }),
    aThread(4245, 'poller', {
      kernel: {
        systemCall: { number: 45, name: 'recvfrom', arguments: ['fd=7', 'size=4096'], fds: [7], futex: null },
        lastRanMsAgo: 12_000,
      },
      python: { frames: [aFrame({ function: 'recv_loop', line: 40 })], framesTruncated: { shown: 1 } },
    }),
    aThread(4246, 'cruncher', {
      gil: 'holds',
      kernel: { state: 'R' },
      python: {
        holdsGil: true,
        handling: { type: 'ValueError', address: '0x9', repr: "ValueError('bad record')", how: 'raw' },
        frames: [
          aFrame({
            function: 'crunch',
            line: 44,
            variablesTruncated: { shown: 1, total: 300 },
            variables: [aVariable('rows', '[1, 2, 3, ...]', { truncated: { shown: 3, total: 1_000_000 } })],
          }),
          { error: 'frame is being torn down' },
        ],
      },
    }),
    {
      tid: 4247,
      kernel: aKernelThread(4247, { name: 'jemalloc_bg_thd', waitChannel: 'futex_wait_queue' }),
      python: null,
      gil: 'none',
    },
  ],
  interpreters: aSnapshot().interpreters.map((each) => ({
    ...each,
    gil: { ...each.gil, locked: true, holder: '0x1' },
  })),
  fds: [
    {
      kind: 'tty',
      fd: 0,
      target: '/dev/pts/3',
      path: '/dev/pts/3',
      flags: ['O_RDWR'],
      closeOnExec: false,
      blockedThreads: [],
      deleted: false,
      offset: 0,
      size: null,
      inode: 6,
    },
    {
      kind: 'file',
      fd: 3,
      target: '/var/log/app.log (deleted)',
      path: '/var/log/app.log',
      flags: ['O_WRONLY', 'O_APPEND'],
      closeOnExec: true,
      blockedThreads: [],
      deleted: true,
      offset: 1024,
      size: 4096,
      inode: 7,
    },
    {
      kind: 'socket',
      fd: 7,
      target: 'socket:[99]',
      flags: ['O_RDWR'],
      closeOnExec: true,
      blockedThreads: [4245],
      inode: 99,
      family: 'AF_INET',
      type: 'SOCK_STREAM',
      local: '127.0.0.1:5000',
      remote: '127.0.0.1:40212',
      state: 'ESTABLISHED',
      receiveQueue: 0,
      sendQueue: 12,
      backlog: null,
      errorPending: false,
      peerPid: null,
      others: [{ pid: 4300, fd: 5, command: 'curl' }],
    },
    {
      kind: 'pipe',
      fd: 8,
      target: 'pipe:[55]',
      flags: ['O_RDONLY', 'O_NONBLOCK'],
      closeOnExec: true,
      blockedThreads: [],
      inode: 55,
      end: 'read',
      path: null,
      others: [{ pid: 4242, fd: 9, command: 'python3' }],
    },
    {
      kind: 'epoll',
      fd: 10,
      target: 'anon_inode:[eventpoll]',
      flags: ['O_RDWR'],
      closeOnExec: true,
      blockedThreads: [],
      interest: [{ fd: 7, events: ['EPOLLIN', 'EPOLLET'] }],
    },
    { kind: 'unreadable', fd: 11, error: 'closed meanwhile' },
  ],
  warnings: [
    {
      where: 'thread 4246',
      message: 'its stack was being changed when the process was stopped: the outermost frames are missing',
    },
  ],
});

const everyWidth = [80, 200, Infinity];

test.each(everyWidth)('a hung process at %d columns', (width) => {
  const text = renderDump(hung, { colour: false, width, sourceOf: source });
  expectGolden(text, `render/hung-${width}.txt`);
  for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
});

test('colours change nothing but the colour', () => {
  const plain = renderDump(hung, { colour: false, width: 100, sourceOf: source });
  const coloured = renderDump(hung, { colour: true, width: 100, sourceOf: source });
  expect(plain).not.toContain('\u001b');
  expect(coloured).toContain('\u001b[');
  expect(stripAnsi(coloured)).toBe(plain);
});

test('threads with the same stack that are daemons are told from those that are not', () => {
  const threads = [true, false, true].map((daemon, index) =>
    aThread(5000 + index, `t${index}`, { python: { daemon, frames: [aFrame()] } }),
  );
  const text = renderDump(aSnapshot({ threads }), { colour: false, width: 200, sourceOf: noSource });
  expect(text).toMatch(/^ {2}5000 "t0", 5002 "t2" .*, daemon$/m);
  expect(text).toMatch(/^ {2}5001 "t1" (?!.*daemon)/m);
});

test('a source line of a file that was replaced says so', () => {
  const threads = [aThread(1, 'MainThread', { python: { frames: [aFrame()] } })];
  const shown = (touched: boolean) =>
    renderDump(aSnapshot({ threads }), {
      colour: false,
      width: 80,
      sourceOf: () => ({ kind: 'text', text: 'return 1', touched }),
    });
  expect(shown(true)).toContain(
    '    [source file replaced or touched after process started]\n    > return 1\n',
  );
  expect(shown(false)).not.toContain('[source file');
});

test('many threads with the same stack are one group that tells where they differ', () => {
  const threads = Array.from({ length: 64 }, (_, index) =>
    aThread(5000 + index, `pool-${index}`, {
      kernel: {
        systemCall: { number: 202, name: 'futex', arguments: [], fds: [], futex: null },
        lastRanMsAgo: 1000 + index,
        state: index === 5 ? 'R' : 'S',
      },
      python: {
        address: `0x${(index + 1).toString(16)}`,
        frames: [
          aFrame({
            function: 'get',
            file: '/usr/lib/python3.11/queue.py',
            line: 171,
            variables: [
              aVariable('self', '<queue.Queue object at 0x7f55>'),
              aVariable('job', index % 2 === 0 ? 'None' : `Job(${index})`),
            ],
          }),
        ],
      },
    }),
  );
  const text = renderDump(aSnapshot({ threads }), { colour: false, width: 80, sourceOf: noSource });
  expectGolden(text, 'render/many-threads-80.txt');
  expect(text.match(/queue\.py/g)).toHaveLength(1);
  expect(text).toContain('and 47 more');
});

test('nothing from the target reaches the terminal as a control', () => {
  const evil = '\u001b]0;owned\u0007\u001b[2J\r\n\t\u0000\u007f\u009b31m\u202egnp.exe\u2028\ud800';
  const snapshot = aSnapshot({
    process: {
      ...aSnapshot().process,
      argv: ['python3', evil],
      user: evil,
      workingDirectory: `/${evil}`,
      command: evil,
    },
    python: { ...aSnapshot().python, version: evil },
    threads: [
      aThread(1, evil, {
        kernel: {
          waitChannel: evil,
          systemCall: { number: 1, name: evil, arguments: [evil], fds: [3], futex: null },
        },
        python: {
          raising: { type: evil, address: '0x1', repr: evil, how: 'raw' },
          handling: { type: evil, address: '0x2', repr: evil, how: 'raw' },
          frames: [
            { error: evil },
            aFrame({
              function: evil,
              qualifiedName: evil,
              file: evil,
              module: evil,
              variables: [aVariable(evil, evil), { name: evil, kind: 'free', error: evil }],
              stackLocks: [{ type: evil, address: '0x3', repr: evil, how: 'raw' }, { error: evil }],
            }),
          ],
        },
      }),
      {
        tid: 2,
        gil: 'none',
        python: null,
        kernel: aKernelThread(2, { name: evil, state: evil, waitChannel: evil }),
      },
    ],
    modules: [{ name: evil, globals: [{ name: evil, error: evil }] }],
    fds: [
      {
        kind: 'file',
        fd: 3,
        target: evil,
        path: evil,
        flags: [evil],
        closeOnExec: false,
        blockedThreads: [1],
        deleted: false,
        offset: 0,
        size: null,
        inode: 1,
      },
      {
        kind: 'other',
        fd: 4,
        target: evil,
        flags: [evil],
        closeOnExec: false,
        blockedThreads: [],
        name: evil,
      },
      {
        kind: 'signalfd',
        fd: 5,
        target: evil,
        flags: [evil],
        closeOnExec: false,
        blockedThreads: [],
        signals: [evil],
      },
      {
        kind: 'epoll',
        fd: 6,
        target: evil,
        flags: [],
        closeOnExec: false,
        blockedThreads: [],
        interest: [{ fd: 1, events: [evil] }],
      },
      {
        kind: 'eventfd',
        fd: 7,
        target: evil,
        flags: [],
        closeOnExec: false,
        blockedThreads: [],
        count: evil,
      },
      {
        kind: 'timerfd',
        fd: 8,
        target: evil,
        flags: [],
        closeOnExec: false,
        blockedThreads: [],
        clock: evil,
        nextMs: 5,
        intervalMs: 6,
      },
      {
        kind: 'socket',
        fd: 9,
        target: evil,
        flags: [],
        closeOnExec: false,
        blockedThreads: [],
        inode: 1,
        family: evil,
        type: evil,
        local: evil,
        remote: evil,
        state: evil,
        receiveQueue: 1,
        sendQueue: 1,
        backlog: null,
        errorPending: true,
        peerPid: 7,
        others: [{ pid: 1, fd: 1, command: evil }],
      },
      {
        kind: 'pipe',
        fd: 10,
        target: evil,
        flags: [],
        closeOnExec: false,
        blockedThreads: [],
        inode: 1,
        end: 'both',
        path: evil,
        others: [{ pid: 1, fd: 1, command: evil }],
      },
      { kind: 'unreadable', fd: 12, error: evil },
    ],
    warnings: [{ where: evil, message: evil }],
  });
  for (const width of everyWidth) {
    const text = renderDump(snapshot, {
      colour: false,
      width,
      sourceOf: () => ({ kind: 'text', text: evil }),
    });
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]|\p{Cs}/u);
    expectGolden(text, `render/escapes-${width}.txt`);
  }
});

test('wide and combining characters keep their columns, and no character is cut in two', () => {
  const variables = [
    aVariable('名前', "'日本語のとても長い文字列'".repeat(8)),
    aVariable('emoji', "'👩‍👩‍👧‍👦'".repeat(30)),
    aVariable('e', "'e\u0301'".repeat(30)),
    aVariable('a_very_long_name_that_does_not_push_the_others', '1'),
  ];
  const threads = [aThread(1, 'スレッド', { python: { frames: [aFrame({ function: '関数', variables })] } })];
  const text = renderDump(aSnapshot({ threads }), { colour: false, width: 80, sourceOf: noSource });
  expectGolden(text, 'render/unicode-80.txt');
  for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
});

test('a huge value is cut to the width, and both cuts are said', () => {
  const variables = [
    aVariable('data', `'${'x'.repeat(100_000)}'`, { truncated: { shown: 100_000, total: 5_000_000 } }),
  ];
  const threads = [aThread(1, 'MainThread', { python: { frames: [aFrame({ variables })] } })];
  const narrow = renderDump(aSnapshot({ threads }), { colour: false, width: 80, sourceOf: noSource });
  expect(narrow).toMatch(/ data = 'x+… \+\d+ characters \[100,000 of 5,000,000 shown\]\n/);
  const whole = renderDump(aSnapshot({ threads }), { colour: false, width: Infinity, sourceOf: noSource });
  expect(whole).toContain(`'${'x'.repeat(100_000)}' [100,000 of 5,000,000 shown]`);
});

test('a process without threads, and one without argv', () => {
  const empty = aSnapshot({ process: { ...aSnapshot().process, argv: [] } });
  expect(renderDump(empty, { colour: false, width: 80, sourceOf: noSource })).toMatch(
    /^Process 4242: python3\n/,
  );
});
