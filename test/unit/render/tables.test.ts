import { expect, test } from '@jest/globals';
import type { FileDescriptor } from '../../../src/model/fileDescriptor.js';
import type { ProcessListEntry } from '../../../src/model/processList.js';
import { renderFds } from '../../../src/render/renderFds.js';
import { renderPs } from '../../../src/render/renderPs.js';
import { expectGolden } from '../../support/golden.js';

const aProcess = (more: Partial<ProcessListEntry>): ProcessListEntry => ({
  pid: 4242,
  parentPid: 1,
  user: 'app',
  implementation: 'CPython',
  version: '3.11.7',
  cpuMs: 62_000,
  startedAt: '2025-03-01T11:57:00.000Z',
  residentBytes: 31_000_000,
  threads: 4,
  agent: true,
  argv: ['python3', 'worker.py'],
  command: 'python3',
  ...more,
});

test('sleeper ps', () => {
  const list = [
    aProcess({}),
    aProcess({
      pid: 9,
      user: 'averylongusername',
      agent: false,
      cpuMs: 3_723_000,
      argv: ['python3', '-c', "print('a b')\n"],
    }),
    aProcess({
      pid: 77,
      implementation: 'PyPy',
      version: '3.10',
      agent: null,
      argv: [],
      command: 'pypy\u001b[31m',
    }),
    aProcess({ pid: 78, version: null, residentBytes: 900, argv: ['python3', 'x'.repeat(300)] }),
  ];
  expectGolden(renderPs(list, { colour: false, width: 80 }), 'render/ps-80.txt');
  expectGolden(renderPs(list, { colour: false, width: 200 }), 'render/ps-200.txt');
  expect(renderPs([], { colour: false, width: 80 })).toBe('No Python process is running that you may see.\n');
});

const common = { flags: ['O_RDONLY'], closeOnExec: false, blockedThreads: [] };
const socket = {
  ...common,
  kind: 'socket' as const,
  inode: 5,
  type: 'SOCK_STREAM',
  receiveQueue: null,
  sendQueue: null,
  backlog: null,
  errorPending: null,
  peerPid: null,
  others: [],
};

test('sleeper fds', () => {
  const fds: FileDescriptor[] = [
    {
      ...common,
      kind: 'directory',
      fd: 0,
      target: '/srv',
      path: '/srv',
      deleted: false,
      offset: 0,
      size: null,
      inode: 1,
    },
    {
      ...common,
      kind: 'memfd',
      fd: 1,
      target: '/memfd:x',
      path: '/memfd:x',
      deleted: true,
      offset: 0,
      size: 4096,
      inode: 1,
    },
    {
      ...socket,
      fd: 2,
      target: 'socket:[5]',
      family: 'AF_INET',
      local: '0.0.0.0:80',
      remote: null,
      state: 'LISTEN',
      backlog: { queued: 3, limit: 128 },
    },
    {
      ...socket,
      fd: 3,
      target: 'socket:[6]',
      family: 'AF_INET6',
      type: 'SOCK_DGRAM',
      local: '[::]:53',
      remote: null,
      state: null,
      receiveQueue: 212_992,
    },
    {
      ...socket,
      fd: 4,
      target: 'socket:[7]',
      family: 'AF_UNIX',
      local: '/run/x.sock',
      remote: null,
      state: 'ESTABLISHED',
      errorPending: true,
      peerPid: 9,
      others: [
        { pid: 9, fd: 3, command: 'nginx', peer: true },
        { pid: 10, fd: 4, command: 'python3' },
        { pid: 11, fd: 4, command: 'python3' },
        { pid: 12, fd: 4, command: 'python3' },
        { pid: 13, fd: 4, command: 'python3' },
      ],
    },
    {
      ...socket,
      fd: 5,
      target: 'socket:[8]',
      family: null,
      type: null,
      local: null,
      remote: null,
      state: null,
    },
    {
      ...common,
      kind: 'pipe',
      fd: 6,
      target: '/tmp/fifo',
      inode: 5,
      end: 'both',
      path: '/tmp/fifo',
      others: [],
    },
    { ...common, kind: 'epoll', fd: 7, target: 'anon_inode:[eventpoll]', interest: [] },
    { ...common, kind: 'eventfd', fd: 8, target: 'anon_inode:[eventfd]', count: '18446744073709551614' },
    {
      ...common,
      kind: 'timerfd',
      fd: 9,
      target: 'anon_inode:[timerfd]',
      clock: 'CLOCK_MONOTONIC',
      nextMs: 1500,
      intervalMs: 60_000,
    },
    { ...common, kind: 'signalfd', fd: 10, target: 'anon_inode:[signalfd]', signals: ['SIGHUP', 'SIGTERM'] },
    { ...common, kind: 'inotify', fd: 11, target: 'anon_inode:inotify', watches: 1200 },
    { ...common, kind: 'pidfd', fd: 12, target: 'anon_inode:[pidfd]', pid: 99 },
    {
      ...common,
      kind: 'pidfd',
      fd: 13,
      target: 'anon_inode:[pidfd]',
      pid: null,
      flags: ['O_RDWR', 'O_NONBLOCK'],
      closeOnExec: true,
    },
    {
      ...common,
      kind: 'other',
      fd: 14,
      target: 'anon_inode:[perf_event]',
      name: 'perf_event',
      flags: ['O_WRONLY', 'O_APPEND'],
    },
    { kind: 'unreadable', fd: 15, error: 'permission denied' },
  ];
  const warnings = [{ where: 'fds', message: 'other ends of pipes and sockets may be missing' }];
  const open = { schemaVersion: 1 as const, pid: 4242, command: 'python3', fds, warnings };
  expectGolden(renderFds(open, { colour: false, width: 80 }), 'render/fds-80.txt');
  expectGolden(renderFds(open, { colour: false, width: 200 }), 'render/fds-200.txt');
});
