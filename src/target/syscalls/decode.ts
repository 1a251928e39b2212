import type { SystemCall } from '../../model/snapshot.js';
import type { Reader } from '../elf.js';
import { signalName, signalsOf } from '../signals.js';
import { decodeSockaddr } from '../sockaddr.js';
import { bitNames, duration, hex, int, orInfinite, remaining, timeoutMs } from './format.js';
import { decodeFutex, decodeFutexWaitv } from './futex.js';
import { systemCallName } from './names.js';
import { ArgumentReader } from './reader.js';
import { decodeMsgrcv, decodeMsgsnd, decodeSemop } from './systemV.js';

/** What a line of /proc/PID/task/TID/syscall says (proc_pid_syscall(5)). */
export interface RawSystemCall {
  number: number;
  /** The six registers of the arguments, whether the call takes so many or not. */
  arguments: [bigint, bigint, bigint, bigint, bigint, bigint];
}

/** Parses such a line. Null for "running", and for a thread that is blocked outside of a system call (-1). */
export function parseSystemCall(text: string): RawSystemCall | null {
  if (!/^\d+( 0x[0-9a-f]+){6,}\s*$/.test(text)) return null;
  const words = text.trimEnd().split(' ');
  const number = Number(words[0]);
  const argument = (index: number) => BigInt(words[index] ?? '0');
  return {
    number,
    arguments: [argument(1), argument(2), argument(3), argument(4), argument(5), argument(6)],
  };
}

/** What a decoder says of a call. */
export type Decoded = Partial<Pick<SystemCall, 'arguments' | 'fds' | 'futex' | 'parkedFor' | 'mutexOwner'>>;
type Decoder = (args: RawSystemCall['arguments'], memory: ArgumentReader) => Decoded;

/**
 * Names a system call and decodes its main arguments.
 * @param memory of the process, for what arguments point to; null: not readable
 * @param waitChannel tells which call it is that was interrupted and goes on as restart_syscall
 */
export function decodeSystemCall(
  call: RawSystemCall,
  memory: Reader | null,
  waitChannel: string | null = null,
  architecture: string = process.arch,
): SystemCall {
  const kernelName = systemCallName(call.number, architecture);
  const restarted = kernelName === 'restart_syscall' ? restartedName(waitChannel, call) : null;
  const name = restarted ?? kernelName;
  const decoded = decoders.get(name)?.(call.arguments, new ArgumentReader(memory)) ?? {};
  const args = decoded.arguments ?? [];
  return {
    number: call.number,
    name,
    arguments: restarted === null ? args : [...args, '(restarted)'],
    fds: decoded.fds ?? [],
    futex: decoded.futex ?? null,
    ...(decoded.parkedFor === undefined ? {} : { parkedFor: decoded.parkedFor }),
    ...(decoded.mutexOwner === undefined ? {} : { mutexOwner: decoded.mutexOwner }),
  };
}

/**
 * A call with a timeout that a signal or a debugger's stop interrupted goes on as restart_syscall; the registers of its
 * arguments stay (restart_syscall(2)). Only these calls do so.
 */
function restartedName(waitChannel: string | null, call: RawSystemCall): string | null {
  if (waitChannel === null) return null;
  if (waitChannel.startsWith('futex')) return 'futex';
  if (waitChannel.includes('poll')) return 'poll';
  // The first argument of clock_nanosleep is a small number, that of nanosleep a pointer.
  if (/nanosleep|nsleep/.test(waitChannel))
    return call.arguments[0] < 4096n ? 'clock_nanosleep' : 'nanosleep';
  return null;
}

const fdText = (argument: bigint) => `fd=${String(int(argument))}`;
const pollEvents = [
  [1, 'POLLIN'],
  [2, 'POLLPRI'],
  [4, 'POLLOUT'],
  [0x2000, 'POLLRDHUP'],
] as const;

/** The first argument is a file descriptor; `more` says what else. */
const onFd =
  (more?: (args: RawSystemCall['arguments'], memory: ArgumentReader) => (string | null)[]): Decoder =>
  (args, memory) => ({
    arguments: [fdText(args[0]), ...(more?.(args, memory) ?? []).filter((text) => text !== null)],
    fds: [int(args[0])],
  });

/** Both ends of a transfer. */
const fromTo =
  (from: 0 | 1 | 2, to: 0 | 1 | 2): Decoder =>
  (args) => ({
    arguments: [`from=${String(int(args[from]))}`, `to=${String(int(args[to]))}`],
    fds: [int(args[from]), int(args[to])],
  });

const path =
  (index: 0 | 1): Decoder =>
  (args, memory) => {
    const text = memory.string(args[index]);
    return text === null ? {} : { arguments: [`path=${JSON.stringify(text)}`] };
  };

const count = onFd((args) => [`count=${String(args[2])}`]);

const sockaddr = (memory: ArgumentReader, address: bigint, length: bigint): string | null => {
  const size = int(length);
  const data = size >= 2 && size <= 128 ? memory.bytes(address, size) : null;
  const text = data && decodeSockaddr(data);
  return text === null ? null : `address=${text}`;
};

const poll =
  (wait: (args: RawSystemCall['arguments'], memory: ArgumentReader) => string): Decoder =>
  (args, memory) => {
    const entries = memory.pollFds(args[0], int(args[1]));
    const shown = entries
      .slice(0, 16)
      .map(({ fd, events }) => `${String(fd)}:${bitNames(events, pollEvents).join('|')}`);
    if (entries.length > 16) shown.push('...');
    return {
      arguments: [`fds=[${shown.join(', ')}]`, wait(args, memory)],
      fds: unique(entries.map(({ fd }) => fd)),
    };
  };

const select =
  (wait: (args: RawSystemCall['arguments'], memory: ArgumentReader) => string): Decoder =>
  (args, memory) => {
    const size = int(args[0]);
    const all: number[] = [];
    const texts: string[] = [];
    for (const [index, name] of ['read', 'write', 'except'].entries()) {
      const fds = memory.fdSet(args[index + 1] ?? 0n, size);
      if (fds.length === 0) continue;
      all.push(...fds);
      texts.push(`${name}=[${fds.slice(0, 16).join(', ')}${fds.length > 16 ? ', ...' : ''}]`);
    }
    return { arguments: [...texts, wait(args, memory)], fds: unique(all) };
  };

const clocks = ['CLOCK_REALTIME', 'CLOCK_MONOTONIC', 'CLOCK_PROCESS_CPUTIME_ID', 'CLOCK_THREAD_CPUTIME_ID'];
const TIMER_ABSTIME = 1;

const clockNanosleep: Decoder = (args, memory) => {
  const clock = int(args[0]);
  const time = memory.timespec(args[2]);
  const texts = [clocks[clock] ?? `clock=${String(clock)}`];
  if (time !== null) {
    if ((int(args[1]) & TIMER_ABSTIME) === 0) texts.push(`duration=${duration(time)}`);
    else if (clock === 1) texts.push(`remaining=${duration(time - process.hrtime.bigint())}`);
    else if (clock === 0) texts.push(`remaining=${duration(time - BigInt(Date.now()) * 1_000_000n)}`);
  }
  return { arguments: texts };
};

const waitOptions = [
  [1, 'WNOHANG'],
  [2, 'WUNTRACED'],
  [8, 'WCONTINUED'],
] as const;

const waitid: Decoder = (args) => {
  const id = int(args[1]);
  switch (int(args[0])) {
    case 0:
      return { arguments: ['any child'] };
    case 1:
      return { arguments: [`pid=${String(id)}`] };
    case 2:
      return { arguments: [`group=${String(id)}`] };
    case 3:
      return { arguments: [`pidfd=${String(id)}`], fds: [id] };
    default:
      return {};
  }
};

const wait4: Decoder = (args) => {
  const pid = int(args[0]);
  const whom =
    pid > 0
      ? `pid=${String(pid)}`
      : pid === -1
        ? 'any child'
        : pid === 0
          ? 'own group'
          : `group=${String(-pid)}`;
  return { arguments: [whom, ...bitNames(int(args[2]) & 11, waitOptions)] };
};

const fcntlWaits = new Map([
  [7, 'F_SETLKW'],
  [38, 'F_OFD_SETLKW'],
]);
const flockNames = [
  [1, 'LOCK_SH'],
  [2, 'LOCK_EX'],
  [4, 'LOCK_NB'],
  [8, 'LOCK_UN'],
] as const;

const decoders = new Map<string, Decoder>([
  ...['read', 'write', 'pread64', 'pwrite64'].map((name) => [name, count] as const),
  ...['readv', 'writev', 'preadv', 'pwritev', 'preadv2', 'pwritev2', 'accept', 'accept4', 'sendmsg'].map(
    (name) => [name, onFd()] as const,
  ),
  ...['recvmsg', 'sendmmsg', 'recvmmsg', 'fsync', 'fdatasync', 'ftruncate', 'fstat', 'close'].map(
    (name) => [name, onFd()] as const,
  ),
  ...[
    'shutdown',
    'fallocate',
    'sync_file_range',
    'syncfs',
    'getdents',
    'getdents64',
    'lseek',
    'epoll_ctl',
  ].map((name) => [name, onFd()] as const),
  ...['setsockopt', 'getsockopt', 'listen'].map((name) => [name, onFd()] as const),
  ['io_uring_enter', onFd((args) => [`least=${String(int(args[2]))}`])],
  ...['io_getevents', 'io_pgetevents'].map(
    (name) =>
      [
        name,
        (args, memory) => ({
          arguments: [`least=${String(args[1])}`, orInfinite(args[4], memory.timespec(args[4]))],
        }),
      ] as const satisfies [string, Decoder],
  ),
  // The timeout is a point in time of CLOCK_REALTIME.
  ...['mq_timedsend', 'mq_timedreceive'].map(
    (name) =>
      [
        name,
        onFd(({ 4: until }, memory) => [
          orInfinite(until, memory.timespec(until), (time) => remaining(time, true)),
        ]),
      ] as const,
  ),
  ['semop', (args, memory) => decodeSemop(args, memory, 0n)],
  ['semtimedop', (args, memory) => decodeSemop(args, memory, args[3])],
  ['msgsnd', decodeMsgsnd],
  ['msgrcv', decodeMsgrcv],
  ['connect', onFd((args, memory) => [sockaddr(memory, args[1], args[2])])],
  ['bind', onFd((args, memory) => [sockaddr(memory, args[1], args[2])])],
  ['sendto', onFd((args, memory) => [`count=${String(args[2])}`, sockaddr(memory, args[4], args[5])])],
  ['recvfrom', count],
  ['ioctl', onFd((args) => [`request=${hex(args[1] & 0xffffffffn)}`])],
  ['fcntl', onFd((args) => [fcntlWaits.get(int(args[1])) ?? `command=${String(int(args[1]))}`])],
  ['flock', onFd((args) => [bitNames(int(args[1]), flockNames).join('|')])],
  ['splice', fromTo(0, 2)],
  ['tee', fromTo(0, 1)],
  ['copy_file_range', fromTo(0, 2)],
  ['sendfile', fromTo(1, 0)],
  ...[
    'open',
    'stat',
    'lstat',
    'access',
    'execve',
    'unlink',
    'mkdir',
    'rmdir',
    'rename',
    'readlink',
    'statfs',
  ].map((name) => [name, path(0)] as const),
  ...[
    'openat',
    'newfstatat',
    'faccessat',
    'faccessat2',
    'unlinkat',
    'mkdirat',
    'readlinkat',
    'openat2',
    'statx',
  ].map((name) => [name, path(1)] as const),
  ['poll', poll((args) => timeoutMs(args[2]))],
  ['ppoll', poll((args, memory) => orInfinite(args[2], memory.timespec(args[2])))],
  ['select', select((args, memory) => orInfinite(args[4], memory.timeval(args[4])))],
  ['pselect6', select((args, memory) => orInfinite(args[4], memory.timespec(args[4])))],
  ['epoll_wait', onFd((args) => [timeoutMs(args[3])])],
  ['epoll_pwait', onFd((args) => [timeoutMs(args[3])])],
  ['epoll_pwait2', onFd((args, memory) => [orInfinite(args[3], memory.timespec(args[3]))])],
  ['futex', decodeFutex],
  ['futex_waitv', decodeFutexWaitv],
  [
    'nanosleep',
    (args, memory) => {
      const time = memory.timespec(args[0]);
      return time === null ? {} : { arguments: [`duration=${duration(time)}`] };
    },
  ],
  ['clock_nanosleep', clockNanosleep],
  ['wait4', wait4],
  ['waitid', waitid],
  [
    'rt_sigtimedwait',
    (args, memory) => {
      const set = memory.bytes(args[0], 8);
      const signals = set === null ? [] : [`signals=${signalsOf(set.readBigUInt64LE()).join('|')}`];
      return { arguments: [...signals, orInfinite(args[2], memory.timespec(args[2]))] };
    },
  ],
  ['kill', (args) => ({ arguments: [`pid=${String(int(args[0]))}`, signalName(int(args[1]))] })],
  ['mmap', (args) => ({ arguments: [`length=${String(args[1])}`] })],
  ['munmap', (args) => ({ arguments: [`length=${String(args[1])}`] })],
]);

function unique(numbers: number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
