import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fileDescriptor, type FileDescriptor } from '../../src/model/fileDescriptor.js';
import { describeFds, readFdTable, fdsKnownInside } from '../../src/target/fileDescriptors.js';
import { readKernelThreads } from '../../src/target/kernelThreads.js';
import { anyPython } from '../support/pythons.js';
import { startCommand } from '../support/command.js';
import { until } from '../support/until.js';
import { startTarget, targetsDirectory, type Target } from '../support/target.js';

interface Expected {
  fd: number;
  kind: FileDescriptor['kind'];
  closeOnExec: boolean;
  access: string;
  nonblocking: boolean;
  append: boolean;
  members: Record<string, unknown> & { peerFd?: number; otherFds?: number[] };
}

type Readable = Exclude<FileDescriptor, { kind: 'unreadable' }>;

/** What a target says of its descriptors must be what is told of them from outside. */
function expectAgreement(pid: number, expected: Expected[], fds: FileDescriptor[]): void {
  for (const { fd, kind, closeOnExec, access, nonblocking, append, members } of expected) {
    const found = fds.find((one) => one.fd === fd) as Readable;
    fileDescriptor.parse(found);
    const { peerFd, otherFds, ...wanted } = members;
    expect(found).toMatchObject({ fd, kind, closeOnExec, ...wanted });
    expect([access, found.flags.includes('O_NONBLOCK'), found.flags.includes('O_APPEND')]).toEqual([
      found.flags[0],
      nonblocking,
      append,
    ]);
    if (peerFd !== undefined && found.kind === 'socket') {
      expect(found.others).toContainEqual(expect.objectContaining({ pid, fd: peerFd, peer: true }));
    }
    if (otherFds !== undefined && found.kind === 'pipe') {
      expect(found.others.map((other) => [other.pid, other.fd])).toEqual(
        otherFds.map((other) => [pid, other]),
      );
    }
  }
}

describe('a process with a file descriptor of every kind', () => {
  let target: Target;
  let expected: Expected[];
  let fds: FileDescriptor[];

  beforeAll(async () => {
    target = await startTarget(anyPython().executable, 'fds.py', [], { bare: true });
    expected = JSON.parse(target.ready) as Expected[];
    await until(() => readKernelThreads(target.pid)[0]?.systemCall?.fds[0] === 0);
    const threads = readKernelThreads(target.pid);
    fds = describeFds(readFdTable(target.pid), { threads }).fds;
  });

  afterAll(async () => {
    await target.end();
  });

  test('each is told as the process itself knows it', () => {
    expectAgreement(target.pid, expected, fds);
  });

  test('the kinds are all there', () => {
    expect([...new Set(fds.map(({ kind }) => kind))].sort()).toEqual(
      'device directory epoll eventfd file inotify memfd other pidfd pipe signalfd socket timerfd tty'.split(
        ' ',
      ),
    );
  });

  test('the main thread waits for the standard input', () => {
    const stdin = fds.find(({ fd }) => fd === 0)!;
    // Node connects its children with UNIX sockets.
    expect(stdin.kind).toBe('socket');
    expect((stdin as Readable).blockedThreads).toEqual([target.pid]);
  });

  test('a timer counts down', () => {
    const armed = fds.find((fd) => fd.kind === 'timerfd' && fd.nextMs !== null);
    expect(armed).toMatchObject({ kind: 'timerfd' });
    const { nextMs } = armed as Extract<FileDescriptor, { kind: 'timerfd' }>;
    expect(nextMs).toBeGreaterThan(3_000_000);
    expect(nextMs).toBeLessThanOrEqual(4_000_000);
  });

  const lsof = spawnSync('lsof', ['-v']).error === undefined;
  (lsof ? test : test.skip)('lsof sees the same descriptors', () => {
    const text = execFileSync('lsof', ['-n', '-P', '-p', String(target.pid), '-F', 'fn'], {
      encoding: 'utf8',
    });
    const numbers = [...text.matchAll(/^f(\d+)$/gm)].map(([, fd]) => Number(fd));
    expect(fds.map(({ fd }) => fd)).toEqual(numbers);
    const name = (fd: number) => new RegExp(`^f${String(fd)}\\nn(.*)$`, 'm').exec(text)?.[1];
    for (const fd of fds) {
      if (fd.kind === 'file' && !fd.deleted) expect(name(fd.fd)).toBe(fd.path);
      if (fd.kind === 'socket' && fd.state === 'ESTABLISHED')
        expect(name(fd.fd)).toBe(`${fd.local}->${fd.remote}`);
    }
  });
});

describe('ends in other processes', () => {
  test('a pipe between two processes, an inherited socket', async () => {
    const script = [
      'import json, os, socket, sys',
      'server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen()',
      'reader, writer = os.pipe(); back, ready = os.pipe()',
      'child = os.fork()',
      'if child == 0:',
      '    os.close(writer); os.write(ready, b"x"); os.read(reader, 1); os._exit(0)',
      'os.close(reader); os.read(back, 1)',
      'print(json.dumps([child, server.fileno(), reader, writer]), flush=True)',
      'sys.stdin.read()',
    ].join('\n');
    const target = await startCommand(anyPython().executable, ['-c', script]);
    try {
      const [child, server, reader, writer] = JSON.parse(target.ready) as [number, number, number, number];
      const { fds } = describeFds(readFdTable(target.pid));
      const find = (fd: number) => fds.find((one) => one.fd === fd)!;
      expect(find(writer)).toMatchObject({
        kind: 'pipe',
        end: 'write',
        others: [{ pid: child, fd: reader }],
      });
      const shared = (find(server) as Extract<FileDescriptor, { kind: 'socket' }>).others;
      expect(shared.map(({ pid, fd, peer }) => ({ pid, fd, peer }))).toEqual([
        { pid: child, fd: server, peer: undefined },
      ]);
    } finally {
      await target.end();
    }
  });
});

const mayUnshare = spawnSync('unshare', ['-n', 'true']).status === 0;
(mayUnshare ? test : test.skip)('a process in another network namespace (unshare -n)', async () => {
  const python = anyPython().executable;
  const command = `ip link set lo up && exec "${python}" "${targetsDirectory}fds.py" --net`;
  const target = await startCommand('unshare', ['-n', 'sh', '-c', command]);
  try {
    const expected = JSON.parse(target.ready) as Expected[];
    const table = readFdTable(target.pid);
    expect(fdsKnownInside(table)).toEqual(expect.arrayContaining(expected.map(({ fd }) => fd)));
    expectAgreement(target.pid, expected, describeFds(table).fds);
  } finally {
    await target.end();
  }
});

test('a process that is gone', () => {
  expect(() => readFdTable(2 ** 22 + 1)).toThrow('There is no process');
});
