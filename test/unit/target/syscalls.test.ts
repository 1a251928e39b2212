import { describe, expect, test } from '@jest/globals';
import { decodeSystemCall, parseSystemCall } from '../../../src/target/syscalls/decode.js';
import { duration } from '../../../src/target/syscalls/format.js';
import { systemCallName } from '../../../src/target/syscalls/names.js';
import { signalName, signalsOf } from '../../../src/target/signals.js';

test('names on both architectures', () => {
  expect([0, 7, 202, 232, 335, 424, 454, 999].map((number) => systemCallName(number, 'x64'))).toEqual([
    'read',
    'poll',
    'futex',
    'epoll_wait',
    'syscall 335',
    'pidfd_send_signal',
    'futex_wake',
    'syscall 999',
  ]);
  expect([22, 63, 98, 115, 202, 260].map((number) => systemCallName(number, 'arm64'))).toEqual([
    'epoll_pwait',
    'read',
    'futex',
    'clock_nanosleep',
    'accept',
    'wait4',
  ]);
  expect(systemCallName(0, 'riscv64')).toBe('syscall 0');
});

describe('the line of /proc/PID/task/TID/syscall', () => {
  test('in a call', () => {
    expect(parseSystemCall('7 0x10 0x1 0xffffffff 0x0 0x0 0x0 0x7ffd 0x7fba\n')).toEqual({
      number: 7,
      arguments: [16n, 1n, 0xffffffffn, 0n, 0n, 0n],
    });
  });
  test.each(['running\n', '-1 0x7ffd 0x7fba\n', '', '0 0x0\n', 'x 1 2 3 4 5 6 7 8'])('none: %j', (text) => {
    expect(parseSystemCall(text)).toBeNull();
  });
});

/** Memory that begins at 0x1000. */
function memoryOf(data: Buffer) {
  return {
    read(address: bigint, length: number): Buffer {
      const start = Number(address) - 0x1000;
      if (start < 0 || start + length > data.length) throw new Error('EIO');
      return data.subarray(start, start + length);
    },
  };
}

function decode(line: string, data: Buffer = Buffer.alloc(0), waitChannel: string | null = null) {
  return decodeSystemCall(parseSystemCall(`${line} 0x0 0x0`)!, memoryOf(data), waitChannel, 'x64');
}

function words(...values: (number | bigint)[]): Buffer {
  const data = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => data.writeBigInt64LE(BigInt(value), index * 8));
  return data;
}

describe('arguments', () => {
  test('a negative int is shown by the kernel as a whole register', () => {
    expect(decode('61 0xffffffff 0x0 0x0 0x0 0x0 0x0').arguments).toEqual(['any child']);
    expect(decode('61 0xffffffffffffffff 0x0 0x1 0x0 0x0 0x0').arguments).toEqual(['any child', 'WNOHANG']);
    expect(decode('61 0xffffff9c 0x0 0x0 0x0 0x0 0x0').arguments).toEqual(['group=100']);
    expect(decode('7 0x1000 0x0 0xffffffff 0x0 0x0 0x0').arguments).toEqual(['fds=[]', 'timeout=infinite']);
  });

  test('poll: negative descriptors are ignored, as poll(2) does', () => {
    const data = Buffer.alloc(24);
    [5, -1, 3].forEach((fd, index) => data.writeInt32LE(fd, index * 8));
    data.writeInt16LE(1, 4);
    data.writeInt16LE(4, 20);
    expect(decode('7 0x1000 0x3 0x5dc 0x0 0x0 0x0', data)).toEqual({
      number: 7,
      name: 'poll',
      arguments: ['fds=[5:POLLIN, 3:POLLOUT]', 'timeout=1.5s'],
      fds: [3, 5],
      futex: null,
    });
  });

  test('poll with memory that cannot be read says what it can', () => {
    const call = parseSystemCall('7 0x1000 0x3 0x5dc 0x0 0x0 0x0 0x0 0x0')!;
    expect(decodeSystemCall(call, null, null, 'x64')).toMatchObject({
      arguments: ['fds=[]', 'timeout=1.5s'],
      fds: [],
    });
  });

  test('select: bits beyond the given number are not looked at', () => {
    const data = Buffer.concat([words(0b1010, 0b11), words(1), words(0, 250_000)]);
    expect(decode('23 0x41 0x1000 0x1010 0x0 0x1018 0x0', data)).toMatchObject({
      name: 'select',
      arguments: ['read=[1, 3, 64]', 'write=[0]', 'timeout=250ms'],
      fds: [0, 1, 3, 64],
    });
  });

  test('futex: a relative timeout with FUTEX_WAIT, a point in time with the others', () => {
    expect(decode('202 0x7f10 0x80 0x2 0x1000 0x0 0x0', words(0, 5_000_000))).toMatchObject({
      arguments: ['address=0x7f10', 'FUTEX_WAIT', 'timeout=5ms'],
      futex: '0x7f10',
    });
    const soon = words(process.hrtime.bigint() / 1_000_000_000n + 100n, 0);
    const { arguments: texts } = decode('202 0x7f10 0x89 0x2 0x1000 0x0 0xffffffff', soon);
    expect(texts[1]).toBe('FUTEX_WAIT_BITSET');
    expect(texts[2]).toMatch(/^remaining=(99|100)(\.\d+)?s$/);
    expect(decode('202 0x7f10 0x189 0x0 0x0 0x0 0xffffffff').arguments[2]).toBe('timeout=infinite');
    expect(decode('202 0x7f10 0x81 0x1 0x0 0x0 0x0').arguments).toEqual(['address=0x7f10', 'FUTEX_WAKE']);
  });

  test('waitid on a pidfd waits for that descriptor', () => {
    expect(decode('247 0x3 0x9 0x0 0x4 0x0 0x0')).toMatchObject({ arguments: ['pidfd=9'], fds: [9] });
  });

  test('transfers name both ends', () => {
    expect(decode('40 0x5 0x6 0x0 0x100 0x0 0x0')).toMatchObject({
      arguments: ['from=6', 'to=5'],
      fds: [6, 5],
    });
  });

  test('a path is quoted; one that ends at a page that is not mapped is read all the same', () => {
    const data = Buffer.alloc(4096);
    data.write('/a "b"\0', 4080, 'utf8');
    expect(decode('2 0x1ff0 0x0 0x0 0x0 0x0 0x0', data).arguments).toEqual(['path="/a \\"b\\""']);
    expect(decode('2 0x0 0x0 0x0 0x0 0x0 0x0', data).arguments).toEqual([]);
  });

  test('an unknown call has a number', () => {
    expect(decode('600 0x1 0x2 0x3 0x4 0x5 0x6')).toEqual({
      number: 600,
      name: 'syscall 600',
      arguments: [],
      fds: [],
      futex: null,
    });
  });
});

describe('restart_syscall', () => {
  test.each([
    ['futex_do_wait', '0x7f10 0x80 0x0 0x0 0x0 0x0', 'futex'],
    ['futex_wait_queue_me', '0x7f10 0x80 0x0 0x0 0x0 0x0', 'futex'],
    ['poll_schedule_timeout.constprop.0', '0x7f10 0x0 0x3e8 0x0 0x0 0x0', 'poll'],
    ['hrtimer_nanosleep', '0x1 0x0 0x7f10 0x0 0x0 0x0', 'clock_nanosleep'],
    ['hrtimer_nanosleep', '0x7ffd1000 0x0 0x0 0x0 0x0 0x0', 'nanosleep'],
  ])('in %s with %s is %s', (channel, args, name) => {
    const call = decode(`219 ${args}`, undefined, channel);
    expect(call).toMatchObject({ number: 219, name });
    expect(call.arguments.at(-1)).toBe('(restarted)');
  });
  test('in an unknown channel keeps its name', () => {
    expect(decode('219 0x0 0x0 0x0 0x0 0x0 0x0', undefined, 'do_wait').name).toBe('restart_syscall');
    expect(decode('219 0x0 0x0 0x0 0x0 0x0 0x0').name).toBe('restart_syscall');
  });
});

test('durations', () => {
  expect([0n, 1_500n, 20_000_000n, 1_500_000_000n, 90_000_000_000n, -2_000_000n].map(duration)).toEqual([
    '0s',
    '0.001ms',
    '20ms',
    '1.5s',
    '90s',
    '-2ms',
  ]);
});

test('signals', () => {
  expect([1, 9, 15, 17, 31, 32, 34, 35, 64].map(signalName)).toEqual([
    'SIGHUP',
    'SIGKILL',
    'SIGTERM',
    'SIGCHLD',
    'SIGSYS',
    'signal 32',
    'SIGRTMIN',
    'SIGRTMIN+1',
    'SIGRTMAX',
  ]);
  expect(signalsOf(0x4200n)).toEqual(['SIGUSR1', 'SIGTERM']);
  expect(signalsOf(1n << 63n)).toEqual(['SIGRTMAX']);
});
