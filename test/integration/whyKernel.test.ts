import { describe, expect, test } from '@jest/globals';
import { readOpenFds } from '../../src/usecases/openFds.js';
import { doingOf, expectWell, few, standing } from '../support/zoo.js';

describe.each(few)('what the system call alone tells, on $label', (python) => {
  test('each in a sentence', async () => {
    const { facts, report } = await standing(python, 'calls', 'zoo_kernel.py');
    const { at } = facts;
    const child = `process ${facts.child}`;
    const expected: Record<string, [string | undefined, RegExp]> = {
      MainThread: ['process', new RegExp(`a child process to end \\(it has 1\\): ${child} \\(python.*\\)$`)],
      msgrcv: ['queue', new RegExp(`a message of type 7 in the System V message queue ${at['empty']}$`)],
      msgsnd: [
        'unknown',
        new RegExp(
          `room in the System V message queue ${at['full']}, in which \\d+ messages with 15.6 KiB lie$`,
        ),
      ],
      semop: [
        'semaphore',
        new RegExp(
          `semaphore 1 to be 0 and semaphore 2 to be 3 at least, in the System V set ${at['semaphores']}$`,
        ),
      ],
      timerfd: ['time', /a timer to expire, in 16 min \d+ s \(fd \d+, timerfd\)$/],
      'unset timerfd': ['descriptor', /a timer that is not set \(fd \d+, timerfd\)$/],
      eventfd: ['descriptor', /somebody to write to the eventfd \(fd \d+\), which is at 0$/],
      inotify: ['descriptor', /a change in files that it watches \(fd \d+: inotify, 1 watches\)$/],
      signalfd: ['signal', /one of the signals SIGHUP and SIGUSR1 \(fd \d+, signalfd\)$/],
      ppoll: ['descriptor', /somebody to write to the eventfd \(fd \d+\), which is at 0$/],
      sigwait: ['signal', /the signal SIGUSR2 \(rt_sigtimedwait\)$/],
      splice: [
        'descriptor',
        new RegExp(
          `data to pass on by splice\\(\\), from fd \\d+: .*fd ${at['sink']}\\).*, or room for it in fd \\d+: write end`,
        ),
      ],
      'connect UNIX': ['descriptor', /who listens at \/.*\/socket to take a connection, as too many wait/],
      'connect TCP': [
        'descriptor',
        /an answer to its connect\(\) on fd \d+: TCP 127\.0\.0\.1:\d+.* SYN_SENT/,
      ],
      io_getevents: ['descriptor', /1 of its asynchronous reads and writes to be done \(io_getevents\)$/],
      io_uring: ['descriptor', /2 of its operations to be done, by io_uring \(fd \d+\)$/],
      mq: ['queue', /a message in the POSIX message queue fd \d+: \/sleeper-zoo-\d+/],
      waitid: ['process', new RegExp(`${child} to end \\(fd \\d+, pidfd\\)$`)],
      pidfd: ['process', new RegExp(`${child} to end \\(fd \\d+, pidfd\\)$`)],
    };
    // Containers and kernels may do without these.
    for (const name of ['io_getevents', 'io_uring', 'mq'])
      if (at[name] === 'no') Reflect.deleteProperty(expected, name);

    expectWell(report);
    expect(Object.fromEntries(report.threads.map(({ name, waits }) => [name, waits?.for]))).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, [kind]]) => [name, kind])),
    );
    for (const { name, doing } of report.threads)
      expect(doing).toMatch(expected[name ?? '']?.[1] ?? /no such/);
  });
});

test.each(few)('how much lies in what nobody reads, on $label', async (python) => {
  const { facts, report } = await standing(python, 'unread', 'zoo_kernel.py');
  expectWell(report);
  expect(doingOf(report, 'pipe')).toContain(', 64.0 KiB of 64.0 KiB not yet read, other end: ');
  const { fds } = readOpenFds(facts.pid);
  const sockets = fds.flatMap((fd) => (fd.kind === 'socket' && fd.peerReceiveQueue ? [fd] : []));
  expect(
    Object.fromEntries(sockets.map(({ family, peerReceiveQueue }) => [family, peerReceiveQueue])),
  ).toEqual({
    AF_UNIX: facts.at['UNIX'],
    AF_INET: facts.at['TCP'],
  });
  expect(doingOf(report, 'UNIX')).toMatch(/, \d+\.\d KiB not yet read at the other end/);
  expect(doingOf(report, 'TCP')).toMatch(/ data from fd \d+: TCP .*, 4\.9 KiB not yet read at the other end/);
});
