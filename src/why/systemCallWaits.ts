import type { Snapshot, SystemCall, Thread } from '../model/snapshot.js';
import type { Wait } from '../model/why.js';
import { descriptorText } from './descriptors.js';
import { futexText } from './futexText.js';
import { argument, readFrom, specialWait } from './kernelCalls.js';
import type { KernelFacts, ProcessFact } from '../model/kernelFacts.js';
import { listed } from './words.js';

type KernelWait = Pick<Wait, 'for' | 'what' | 'timeout'>;

export const reads = /^(read|readv|pread64|preadv2?|recvfrom|recvmsg|recvmmsg)$/;
export const writes = /^(write|writev|pwrite64|pwritev2?|sendto|sendmsg|sendmmsg)$/;
export const polls = /^(p?poll|p?select|pselect6|epoll_p?wait2?)$/;
/** So many of the descriptors of one poll() are described. */
const mostDescribed = 3;

/** Does the wait end by itself? */
export function hasTimeout({ name, arguments: texts }: SystemCall): boolean {
  if (name.endsWith('nanosleep')) return true;
  return texts.some((each) => /^(timeout|remaining)=/.test(each) && each !== 'timeout=infinite');
}

/** `process 4711 (python3), which is stopped by a signal,` */
export function processText({ pid, command, state }: ProcessFact): string {
  const condition: Readonly<Record<string, string>> = {
    T: ', which is stopped by a signal,',
    t: ', which is stopped by a debugger,',
    D: ', which is in uninterruptible sleep,',
    Z: ', which has ended,',
    R: ', which runs,',
  };
  return `process ${pid} (${command})${condition[state] ?? ''}`;
}

/** The children that a system call waits for: the one that it names, or any. */
export function childrenWaitedFor(call: SystemCall, facts: KernelFacts): readonly ProcessFact[] {
  if (call.name !== 'wait4' && call.name !== 'waitid') return [];
  const pid = /^pid=(\d+)$/.exec(call.arguments[0] ?? '')?.[1];
  return pid === undefined ? facts.children : facts.children.filter((child) => child.pid === Number(pid));
}

function childWait(call: SystemCall, facts: KernelFacts, fds: Snapshot['fds']): string {
  const [whom = ''] = call.arguments;
  const children = childrenWaitedFor(call, facts);
  const [only] = children;
  if (whom.startsWith('pid='))
    return only === undefined ? `process ${whom.slice(4)} to end` : `${processText(only)} to end`;
  const process = readFrom(fds?.find(({ fd }) => whom === `pidfd=${fd}`));
  if (process !== null) return process.what;
  const of = whom.startsWith('group=') ? ` of process group ${whom.slice(6)}` : '';
  const named = children.length > mostDescribed ? [] : children.map(processText);
  return `a child process${of} to end (it has ${children.length})${named.length === 0 ? '' : `: ${named.join(' or ')}`}`;
}

function isListening(number: number, fds: Snapshot['fds']): boolean {
  return fds?.some((fd) => fd.fd === number && fd.kind === 'socket' && fd.state === 'LISTEN') === true;
}

function descriptorWait(call: SystemCall, { fds }: Pick<Snapshot, 'fds'>, { ownPipes }: KernelFacts): string {
  const [first = -1] = call.fds;
  const text = descriptorText(first, fds);
  if (call.name.startsWith('accept')) return `a connection on ${text}`;
  if (call.name === 'connect') return `an answer to its connect() on ${text}`;
  const own = fds?.some(
    ({ fd, ...each }) => fd === first && 'target' in each && ownPipes.includes(each.target),
  )
    ? ', which no other process has'
    : '';
  if (reads.test(call.name)) return `data from ${text}${own}`;
  if (writes.test(call.name)) return `room to write to ${text}${own}`;
  const epoll = fds?.find((fd) => fd.fd === first);
  const polled = epoll?.kind === 'epoll' ? epoll.interest.map(({ fd }) => fd) : call.fds;
  const [only = -1] = polled;
  if (polled.length === 1 && isListening(only, fds)) return `a connection on ${descriptorText(only, fds)}`;
  const shown = polled.slice(0, mostDescribed).map((fd) => descriptorText(fd, fds));
  if (polled.length > mostDescribed) shown.push(`${polled.length - mostDescribed} more`);
  const by = epoll?.kind === 'epoll' ? `, by epoll (fd ${first}),` : '';
  return `something to happen${by} on ${polled.length === 0 ? 'no descriptor' : listed(shown)}`;
}

/** What the kernel calls its wait in open() for somebody at the other end of a named pipe (fs/pipe.c of the kernel). */
const waitForPartner = /^(wait_for_partner|fifo_open)$/;

/** `somebody to open the other end of the named pipe "/run/jobs"` */
function partnerWait({ arguments: texts }: SystemCall): string {
  const path = texts.find((each) => each.startsWith('path='))?.slice('path='.length);
  return `somebody to open the other end of the named pipe${path === undefined ? '' : ` ${path}`}`;
}

/** `one of the signals SIGINT and SIGTERM`; of a call that is for many, or does not say, `a signal` */
function signalText(call: SystemCall): string {
  const names = argument(call, 'signals')?.split('|') ?? [];
  if (names.length === 0 || names.length > mostDescribed) return 'a signal';
  return names.length === 1 ? `the signal ${names.join('')}` : `one of the signals ${listed(names)}`;
}

/** What a thread is blocked in, by its system call alone; null if it is not blocked in one. */
export function systemCallWait(
  thread: Thread,
  snapshot: Pick<Snapshot, 'fds'>,
  facts: KernelFacts,
): KernelWait | null {
  const { kernel } = thread;
  const call = kernel?.systemCall ?? null;
  if (kernel === null || call === null || kernel.state === 'R') return null;
  const timeout = hasTimeout(call);
  const { name } = call;
  if (name === 'futex' || name === 'futex_waitv')
    return { for: 'unknown', what: futexText('futex', call.futex ?? '?', facts), timeout };
  if (name.endsWith('nanosleep'))
    return { for: 'time', what: `time to pass (${call.arguments.join(', ')})`, timeout };
  if (polls.test(name) && call.fds.length === 0)
    return timeout
      ? { for: 'time', what: `time to pass (${name}, ${call.arguments.join(', ')})`, timeout }
      : { for: 'signal', what: `a signal (${name})`, timeout };
  if (/^(pause|rt_sigsuspend|rt_sigtimedwait)$/.test(name))
    return { for: 'signal', what: `${signalText(call)} (${name})`, timeout };
  const special = specialWait(call, snapshot, facts);
  if (special !== null) return { ...special, timeout: timeout || special.for === 'time' };
  if (name === 'wait4' || name === 'waitid')
    return { for: 'process', what: childWait(call, facts, snapshot.fds), timeout };
  if (name === 'flock' || (name === 'fcntl' && call.arguments.some((each) => each.endsWith('SETLKW')))) {
    const holders = facts.fileLockHolders.map(processText);
    const by = holders.length === 0 ? '' : `, held by ${listed(holders)}`;
    return {
      for: 'file lock',
      what: `a lock on ${descriptorText(call.fds[0] ?? -1, snapshot.fds)}${by}`,
      timeout,
    };
  }
  if (name.startsWith('open') && waitForPartner.test(kernel.waitChannel ?? ''))
    return { for: 'descriptor', what: partnerWait(call), timeout };
  if (reads.test(name) || writes.test(name) || polls.test(name) || /^(accept4?|connect)$/.test(name))
    return { for: 'descriptor', what: descriptorWait(call, snapshot, facts), timeout };
  const [only, ...more] = call.fds;
  const on = only === undefined || more.length > 0 ? '' : `, on ${descriptorText(only, snapshot.fds)}`;
  return { for: 'unknown', what: `the kernel, in ${name}(${call.arguments.join(', ')})${on}`, timeout };
}
