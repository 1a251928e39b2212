import { describe, expect, test } from '@jest/globals';
import { describeAnonymous } from '../../../src/target/fds/anonymous.js';
import { blockedThreads } from '../../../src/target/fds/blockedThreads.js';
import { parseFdFlags } from '../../../src/target/fds/fdFlags.js';
import { describeFile } from '../../../src/target/fds/file.js';
import { infoField, type OpenFd } from '../../../src/target/fds/openFd.js';
import { describePipe } from '../../../src/target/fds/pipe.js';
import { describeSocket } from '../../../src/target/fds/socket.js';
import { aKernelThread } from '../../support/snapshots.js';

function anOpenFd(more: Partial<OpenFd> = {}): OpenFd {
  return {
    fd: 3,
    target: '/srv/file',
    flags: ['O_RDONLY'],
    closeOnExec: true,
    access: 'read',
    offset: 0,
    info: '',
    stat: null,
    ...more,
  };
}

describe('flags', () => {
  test('the same bits mean different things on the two architectures', () => {
    expect(parseFdFlags(0o2300000, 'x64')).toEqual({
      flags: ['O_RDONLY', 'O_DIRECTORY'],
      closeOnExec: true,
      access: 'read',
    });
    expect(parseFdFlags(0o300000, 'arm64').flags).toEqual(['O_RDONLY', 'O_NOFOLLOW', 'O_DIRECT']);
  });
  test('flags that contain others', () => {
    expect(parseFdFlags(0o4010001, 'x64')).toMatchObject({ flags: ['O_WRONLY', 'O_SYNC'], access: 'write' });
    expect(parseFdFlags(0o10002, 'x64')).toMatchObject({ flags: ['O_RDWR', 'O_DSYNC'], access: 'both' });
    expect(parseFdFlags(0o20200001, 'x64').flags).toEqual(['O_WRONLY', 'O_TMPFILE']);
    expect(parseFdFlags(0o2002, 'x64').flags).toEqual(['O_RDWR', 'O_APPEND']);
  });
  test('an unknown one is shown as a number', () => {
    expect(parseFdFlags(0o100000000000 / 8 / 8, 'x64').flags.at(-1)).toMatch(/^0x/);
  });
});

describe('what is in no file system', () => {
  test.each([
    ['anon_inode:[eventfd]', 'eventfd-count:               1f\n', { kind: 'eventfd', count: '31' }],
    [
      'anon_inode:[eventfd]',
      'eventfd-count: ffffffffffffffff\n',
      { kind: 'eventfd', count: '18446744073709551615' },
    ],
    ['anon_inode:[eventfd]', 'pos:\t0\n', { kind: 'eventfd', count: null }],
    ['anon_inode:inotify', 'inotify wd:2 ino:1\ninotify wd:1 ino:2\n', { kind: 'inotify', watches: 2 }],
    [
      'anon_inode:[signalfd]',
      'sigmask:\t0000000000004200\n',
      { kind: 'signalfd', signals: ['SIGUSR1', 'SIGTERM'] },
    ],
    [
      'anon_inode:[timerfd]',
      'clockid: 7\nit_value: (1, 500000000)\nit_interval: (0, 0)\n',
      { kind: 'timerfd', clock: 'CLOCK_BOOTTIME', nextMs: 1500, intervalMs: null },
    ],
    ['anon_inode:[pidfd]', 'Pid:\t77\nNSpid:\t77\n', { kind: 'pidfd', pid: 77 }],
    ['anon_inode:[pidfd]', 'Pid:\t-1\n', { kind: 'pidfd', pid: null }],
    ['pidfd:[123]', 'Pid:\t5\n', { kind: 'pidfd', pid: 5 }],
    ['anon_inode:[io_uring]', '', { kind: 'other', name: 'io_uring' }],
    ['net:[4026531833]', '', { kind: 'other', name: 'net:[4026531833]' }],
    [
      'anon_inode:[eventpoll]',
      'tfd:        5 events: 80000019 data: 5 pos:0 ino:1 sdev:f\ntfd:       61 events:       1c data: 3d\n',
      {
        kind: 'epoll',
        interest: [
          { fd: 5, events: ['EPOLLIN', 'EPOLLET'] },
          { fd: 61, events: ['EPOLLOUT'] },
        ],
      },
    ],
  ])('%s %j', (target, info, members) => {
    expect(describeAnonymous(target, info)).toEqual(members);
  });
});

test('a field of fdinfo is found by its whole name', () => {
  expect(infoField('xpos:\t1\npos:\t42\nflags:\t02\n', 'pos')).toBe('42');
  expect(infoField('positions: 1\n', 'pos')).toBeNull();
});

test('files: terminals by their device number', () => {
  const stat = { type: 'device' as const, size: 0, inode: 3, deleted: false };
  const kind = (major: number) => describeFile(anOpenFd(), { ...stat, major }).kind;
  expect([136, 143, 5, 4, 1, 10].map(kind)).toEqual(['tty', 'tty', 'tty', 'tty', 'device', 'device']);
});

test('a pipe: only those with the other end', () => {
  const holders = (['read', 'write', 'both'] as const).map((access, fd) => ({
    pid: 1,
    fd,
    command: 'sh',
    access,
  }));
  const entry = anOpenFd({ target: 'pipe:[77]', access: 'read' });
  expect(describePipe(entry, holders)).toEqual({
    kind: 'pipe',
    inode: 77,
    end: 'read',
    path: null,
    others: [
      { pid: 1, fd: 1, command: 'sh' },
      { pid: 1, fd: 2, command: 'sh' },
    ],
  });
});

describe('a socket', () => {
  const row = {
    inode: 9,
    family: 'AF_INET',
    type: 'SOCK_STREAM',
    local: '10.0.0.1:1',
    remote: '10.0.0.2:2',
    state: 'ESTABLISHED',
    receiveQueue: 1,
    sendQueue: 2,
  };

  test('what the agent saw counts, the rest comes from outside', () => {
    const inside = {
      fd: 3,
      family: 2,
      type: 1,
      protocol: 6,
      local: '020000507f0000010000000000000000',
      receiveQueue: 77,
      tcpState: 8,
      poll: 8 | 16,
    };
    expect(describeSocket(9, inside, row, [])).toEqual({
      kind: 'socket',
      inode: 9,
      family: 'AF_INET',
      type: 'SOCK_STREAM',
      local: '127.0.0.1:80',
      remote: '10.0.0.2:2',
      state: 'CLOSE_WAIT',
      receiveQueue: 77,
      sendQueue: 2,
      backlog: null,
      errorPending: true,
      peerPid: null,
      others: [],
    });
  });

  test('UNIX: what is to be sent is not counted in bytes', () => {
    const inside = { fd: 3, family: 1, type: 1, poll: 0, receiveQueue: 16, sendQueue: 768 };
    expect(describeSocket(9, inside, null, [])).toMatchObject({ receiveQueue: 16, sendQueue: null });
  });

  test.each([
    [4, 99],
    [9, 99],
    [11, 99],
    [1, 100],
    [5, 100],
  ])('TCP: a FIN that is on its way (state %i) is no byte', (tcpState, sendQueue) => {
    const inside = { fd: 3, family: 2, type: 1, poll: 0, receiveQueue: 5, sendQueue: 100, tcpState };
    expect(describeSocket(9, inside, null, [])).toMatchObject({ receiveQueue: 5, sendQueue });
  });

  test('neither tells: null', () => {
    expect(describeSocket(9, null, null, [])).toMatchObject({
      family: null,
      state: null,
      errorPending: null,
    });
  });

  test('states of what is not TCP', () => {
    const state = (more: object) => describeSocket(9, { fd: 3, poll: 0, ...more }, null, []).state;
    expect(state({ family: 1, type: 1, listening: true, local: '0100' })).toBe('LISTEN');
    // The other end of a socketpair has an address without a name.
    expect(state({ family: 1, type: 1, remote: '0100' })).toBe('CONNECTED');
    expect(state({ family: 2, type: 2 })).toBe('UNCONNECTED');
    expect(state({ family: 16, type: 3 })).toBeNull();
  });

  test('a socket that is not bound has no address', () => {
    const inside = { fd: 3, family: 2, type: 1, poll: 0, local: '02000000000000000000000000000000' };
    expect(describeSocket(9, inside, null, []).local).toBeNull();
  });
});

test('threads that wait, also through an epoll within an epoll, and one that waits for itself', () => {
  const epoll = (fd: number, ...members: number[]) =>
    anOpenFd({
      fd,
      target: 'anon_inode:[eventpoll]',
      info: members.map((member) => `tfd: ${String(member)} events: 19\n`).join(''),
    });
  const inCall = (tid: number, name: string, fds: number[]) =>
    aKernelThread(tid, { systemCall: { number: 0, name, arguments: [], fds, futex: null } });
  const blocked = blockedThreads(
    [epoll(5, 6, 7), epoll(6, 8, 5)],
    [inCall(1, 'epoll_wait', [5]), inCall(2, 'read', [7]), inCall(3, 'close', [6]), aKernelThread(4)],
  );
  expect(Object.fromEntries(blocked)).toEqual({ 5: [1], 6: [1, 3], 7: [1, 2], 8: [1] });
});
