import { systemCallNumber } from '../syscalls/names.js';
import type { SystemCall } from './filter.js';

/** What sleeper has a process do: answer a request, tell of its sockets and pipes, load the agent, hold a live session. */
export type Undertaking = 'request' | 'descriptors' | 'load' | 'load from memory' | 'live session';

const READ_WRITE = 3n;
const READ_EXECUTE = 5n;
const PRIVATE = 2n;
const ANONYMOUS = 0x20n;
const FIXED = 0x10n;
const NORESERVE = 0x4000n;
const FIXED_NOREPLACE = 0x100000n;
const SIG_SETMASK = 2n;
const SIGURG = 23n;
const PR_SET_NAME = 15n;
const F_DUPFD_CLOEXEC = 1030n;
const F_GETPIPE_SZ = 1032n;
const FIONREAD = 0x541bn;
const SIOCOUTQ = 0x5411n;

type Need = readonly [name: string, ...args: bigint[]];

/**
 * What the agent asks of the kernel in a request and in a recording (agent-c/src), and the kernel itself when it goes
 * on with a wait that a stop has interrupted.
 */
const request: readonly Need[] = [
  ['rt_sigprocmask', SIG_SETMASK, 0n, 0n, 8n],
  ['rt_sigprocmask', 0xffff_ffffn, 0n, 0n, 8n],
  ['gettid'],
  ['getpid'],
  ['tkill', 0n, SIGURG],
  ['clock_gettime', 1n],
  ['mmap', 0n, 1n << 20n, READ_WRITE, PRIVATE | ANONYMOUS | NORESERVE],
  ['munmap'],
  ['madvise'],
  ['restart_syscall'],
];

/** Those of agent-c/src/sockets.c. */
const descriptors: readonly Need[] = [
  ['getsockopt'],
  ['getsockname'],
  ['getpeername'],
  ['ioctl', 0n, FIONREAD],
  ['ioctl', 0n, SIOCOUTQ],
  ['fcntl', 0n, F_GETPIPE_SZ],
  ['ppoll'],
];

/** Those of the errand (agent-c/errand), of dlopen() in glibc and musl, and of the agent's constructor. */
const loading: readonly Need[] = [
  ['mmap', 0n, 1n << 18n, READ_WRITE, PRIVATE | ANONYMOUS | NORESERVE | FIXED_NOREPLACE],
  ['rt_sigprocmask', SIG_SETMASK, 0n, 0n, 8n],
  ['munmap'],
  ['read'],
  ['pread64'],
  ['fstat'],
  ['mmap', 0n, 1n << 18n, READ_EXECUTE, PRIVATE],
  ['mmap', 0n, 1n << 18n, READ_WRITE, PRIVATE | FIXED],
  ['mprotect', 0n, 4096n, 1n],
  ['mprotect', 0n, 4096n, 0n],
  ['madvise'],
  ['close'],
  ['gettid'],
  ['getpid'],
  ['tgkill'],
  ['prlimit64'],
  ['futex'],
  ['restart_syscall'],
];

const opening: Readonly<Record<'glibc' | 'musl', readonly Need[]>> = {
  glibc: [['openat', 0xffff_ff9cn], ['newfstatat']],
  musl: [['open']],
};

const session: readonly Need[] = [
  ...loading.slice(0, 3),
  ['pipe2', 0n, 0x80800n],
  ['fstat'],
  ['fcntl', 0n, F_DUPFD_CLOEXEC, 3n],
  ['mprotect', 0n, 1n << 18n, READ_WRITE],
  ['clone3'],
  ['clone', 0x3d0f00n],
  ['set_robust_list'],
  ['rseq'],
  ['prctl', PR_SET_NAME],
  ['read'],
  ['write'],
  ['ppoll'],
  ['nanosleep'],
  ['sched_yield'],
  ['process_vm_readv'],
  ['futex'],
  ['madvise'],
  ['close'],
  ['exit'],
];

/** The system calls that a process makes for an undertaking; those that this architecture has not are left out. */
export function neededCalls(
  undertaking: Undertaking,
  libc: 'glibc' | 'musl',
  architecture: string = process.arch,
): (SystemCall & { readonly name: string })[] {
  const load = [...loading, ...opening[libc]];
  const needs: Readonly<Record<Undertaking, readonly Need[]>> = {
    request,
    descriptors,
    load,
    'load from memory': [...load, ['memfd_create']],
    'live session': session,
  };
  return needs[undertaking].flatMap(([name, ...args]) => {
    const number = systemCallNumber(name, architecture);
    return number === null ? [] : [{ name, number, arguments: args }];
  });
}
