import type { Mapping } from './maps.js';
import { opensNamedPipe } from './namedPipe.js';
import { defaultProcRoot, tryListNumbers, tryReadProc } from './procFile.js';
import { systemCallName } from './syscalls/names.js';

/** A stopped thread that can be made to call a function which allocates memory or loads a library. */
export type SafeMoment =
  | { readonly kind: 'safe'; readonly tid: number; readonly pc: bigint }
  /** No thread can now. `why` says what the threads are doing: a phrase. */
  | { readonly kind: 'unsafe'; readonly why: string };

/** Where a thread is that does not run: /proc/PID/task/TID/syscall, proc_pid_syscall(5). */
export interface Place {
  readonly tid: number;
  /** -1: in no system call. */
  readonly syscall: number;
  readonly arguments: readonly [bigint, bigint];
  readonly pc: bigint;
}

/** What takes locks that dlopen and malloc take as well; whoever is in there must not be interrupted by either. */
const guarded =
  /\/(ld-[^/]*|ld\.so[^/]*|ld64[^/]*|libc[.-][^/]*|libpthread[.-][^/]*|libdl[.-][^/]*|libgcc_s[.-][^/]*|libstdc\+\+[.-][^/]*|(memfd:)?libsleeper[^/]*|lib(jemalloc|tcmalloc|mimalloc|hoard|snmalloc|rpmalloc|ptmalloc|asan|tsan)[^/]*)$/;

/** The loader reads files too; whoever waits in one of these is in the code of the program, unless the loader called. */
const waitingCalls = new Set(
  (
    'read write readv writev pread64 pwrite64 poll ppoll select pselect6 epoll_wait epoll_pwait epoll_pwait2 ' +
    'nanosleep clock_nanosleep restart_syscall pause accept accept4 connect recvfrom recvmsg recvmmsg sendto sendmsg ' +
    'sendmmsg wait4 waitid rt_sigtimedwait rt_sigsuspend semop semtimedop msgrcv msgsnd mq_timedreceive ' +
    'mq_timedsend flock fcntl fsync fdatasync io_getevents futex sched_yield getrandom'
  ).split(' '),
);

/** glibc's arenas begin at multiples of this; each has its lock at its beginning (malloc/arena.c, HEAP_MAX_SIZE). */
const arenaBytes = 64n << 20n;
const arenaHeadBytes = 4096n;

/**
 * Looks for a thread that is neither inside the allocator nor inside the dynamic loader. Enough is that it waits in a
 * system call which neither of them makes, or that its program counter is in other code: of the interpreter, of an
 * extension. Only while the process is stopped.
 * @param avoid the addresses of an errand that may still be under way
 */
export function findSafeMoment(
  pid: number,
  mappings: readonly Mapping[],
  avoid: { start: bigint; end: bigint } | null = null,
  procRoot = defaultProcRoot,
): SafeMoment {
  const places = placesOf(`${procRoot}/${String(pid)}/task`);
  const waits = (name: string, args: Place['arguments']): boolean =>
    waitingCalls.has(name) || opensNamedPipe(pid, name, args, procRoot);
  if (avoid !== null && places.some(({ pc }) => pc >= avoid.start && pc < avoid.end)) {
    return { kind: 'unsafe', why: 'a thread is still on its way back' };
  }
  const reasons = new Map<string, number>();
  const safe: Place[] = [];
  for (const place of places) {
    const reason = whyUnsafe(place, mappings, waits);
    if (reason === null) safe.push(place);
    else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const parked = safe.filter(({ syscall }) => syscall >= 0);
  const chosen = parked.find(({ tid }) => tid === pid) ?? parked[0] ?? safe[0];
  if (chosen !== undefined) return { kind: 'safe', tid: chosen.tid, pc: chosen.pc };
  const why = [...reasons].map(
    ([reason, count]) => `${count === 1 ? 'one thread is' : `${String(count)} threads are`} ${reason}`,
  );
  return { kind: 'unsafe', why: why.join(', ') };
}

function placesOf(tasks: string): Place[] {
  return (tryListNumbers(tasks) ?? []).flatMap((tid) => placeOf(tasks, tid) ?? []);
}

/** Where a thread is that is stopped or waits in a system call; null: it runs, or is gone. */
export function placeOf(tasks: string, tid: number): Place | null {
  const fields = (tryReadProc(`${tasks}/${String(tid)}/syscall`) ?? '').trim().split(' ');
  // NR and six arguments, or -1; then the stack pointer and the program counter.
  if (fields.length !== 9 && fields.length !== 3) return null;
  if (!/^-?\d+( 0x[0-9a-f]+)+$/.test(fields.join(' '))) return null;
  return {
    tid,
    syscall: Number(fields[0]),
    arguments: fields.length === 9 ? [BigInt(fields[1] ?? '0'), BigInt(fields[2] ?? '0')] : [0n, 0n],
    pc: BigInt(fields.at(-1) ?? '0'),
  };
}

/** What it is doing; null: it is safe. */
function whyUnsafe(
  { syscall, arguments: args, pc }: Place,
  mappings: readonly Mapping[],
  waits: (name: string, args: Place['arguments']) => boolean,
): string | null {
  const code = mappingAt(mappings, pc);
  if (syscall < 0) {
    if (code === undefined || code.inode === '0') return 'running generated code';
    return guarded.test(code.path) ? `running in ${nameOf(code.path)}` : null;
  }
  const name = systemCallName(syscall);
  if (!waits(name, args)) return `in ${name}()`;
  if (code !== undefined && /\/ld[-.6][^/]*$/.test(code.path) && !code.path.includes('musl'))
    return 'in the dynamic loader';
  if (name === 'futex' && isGuardedLock(args[0], mappings))
    return 'waiting for a lock of the allocator or the loader';
  return null;
}

function isGuardedLock(address: bigint, mappings: readonly Mapping[]): boolean {
  const index = mappings.findIndex(({ start, end }) => address >= start && address < end);
  const mapping = mappings[index];
  if (mapping === undefined) return false;
  if (guarded.test(mapping.path)) return true;
  if (mapping.inode !== '0' || mapping.path !== '') return false;
  // Zeroed data lies in an anonymous mapping right behind the library's own.
  const before = mappings[index - 1];
  if (before?.end === mapping.start && guarded.test(before.path)) return true;
  return address % arenaBytes < arenaHeadBytes && mapping.start % arenaBytes === 0n;
}

function mappingAt(mappings: readonly Mapping[], address: bigint): Mapping | undefined {
  return mappings.find(({ start, end }) => address >= start && address < end);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
