import { parseSystemCall } from './syscalls/decode.js';
import { systemCallNumber } from './syscalls/names.js';

/**
 * The system calls that a stop ends with EINTR, though no handler of a signal ran (signal(7), "Interruption of system
 * calls and library functions by stop signals"; tried on Linux 6.18), each with where among its arguments the timeout is,
 * and what stands there for none; null: it has no timeout. They have no effect if they are ended so.
 */
const calls: readonly (readonly [name: string, timeout: readonly [at: number, none: bigint] | null])[] = [
  ['epoll_wait', [3, 0xffff_ffffn]],
  ['epoll_pwait', [3, 0xffff_ffffn]],
  ['epoll_pwait2', [3, 0n]],
  ['rt_sigtimedwait', [2, 0n]],
  ['semop', null],
  ['semtimedop', [3, 0n]],
  ['io_getevents', [4, 0n]],
  ['io_pgetevents', [4, 0n]],
];
const timeouts = new Map(calls.map(([name, timeout]) => [systemCallNumber(name), timeout]));
const some = new RegExp(`^(${[...timeouts.keys()].join('|')}) `);

/** Does a thread that is in this call (a line of /proc/PID/task/TID/syscall) wait in it without a timeout? */
export function endsAtStop(line: string): boolean {
  const call = some.test(line) ? parseSystemCall(line) : null;
  const timeout = call === null ? undefined : timeouts.get(call.number);
  if (call === null || timeout === undefined) return false;
  return (
    timeout === null ||
    BigInt.asUintN(timeout[1] === 0n ? 64 : 32, call.arguments[timeout[0]] ?? 1n) === timeout[1]
  );
}

/** The same whatever timeout it waits with. */
export function mayEndAtStop(line: string): boolean {
  return some.test(line);
}
