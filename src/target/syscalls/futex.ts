import type { Decoded, RawSystemCall } from './decode.js';
import { hex, int, remaining, timeout } from './format.js';
import { mutexOwnerAt } from './mutex.js';
import type { ArgumentReader } from './reader.js';

/** futex(2). */
const operations = [
  'FUTEX_WAIT',
  'FUTEX_WAKE',
  'FUTEX_FD',
  'FUTEX_REQUEUE',
  'FUTEX_CMP_REQUEUE',
  'FUTEX_WAKE_OP',
  'FUTEX_LOCK_PI',
  'FUTEX_UNLOCK_PI',
  'FUTEX_TRYLOCK_PI',
  'FUTEX_WAIT_BITSET',
  'FUTEX_WAKE_BITSET',
  'FUTEX_WAIT_REQUEUE_PI',
  'FUTEX_CMP_REQUEUE_PI',
  'FUTEX_LOCK_PI2',
];
const FUTEX_CLOCK_REALTIME = 256;
/** The timeout is relative with FUTEX_WAIT, a point in time with the others that wait. */
const waitsUntil = new Set(['FUTEX_LOCK_PI', 'FUTEX_WAIT_BITSET', 'FUTEX_WAIT_REQUEUE_PI', 'FUTEX_LOCK_PI2']);

export function decodeFutex(args: RawSystemCall['arguments'], memory: ArgumentReader): Decoded {
  const [word, rawOperation, , time] = args;
  const operation = int(rawOperation);
  const name = operations[operation & 0x7f] ?? `operation ${String(operation & 0x7f)}`;
  const texts = [`address=${hex(word)}`, name];
  if (name === 'FUTEX_WAIT' || waitsUntil.has(name)) {
    if (time === 0n) texts.push(timeout(null));
    else {
      const value = memory.timespec(time);
      // FUTEX_LOCK_PI counts by CLOCK_REALTIME whatever the flag says.
      const realtime = (operation & FUTEX_CLOCK_REALTIME) !== 0 || name === 'FUTEX_LOCK_PI';
      if (value !== null) texts.push(waitsUntil.has(name) ? remaining(value, realtime) : timeout(value));
    }
  }
  const parkedFor = addressBefore(word, memory);
  const mutexOwner = mutexOwnerAt(word, memory);
  return {
    arguments: texts,
    futex: hex(word),
    ...(parkedFor === null ? {} : { parkedFor }),
    ...(mutexOwner === null ? {} : { mutexOwner }),
  };
}

/**
 * Is a thread in futex() to wait, and nothing has come to pass yet that it waits for? Who waits on a semaphore
 * (struct new_sem of glibc's nptl/semaphoreP.h, sem_t of musl alike: its value, then how many wait) waits for as long as
 * the value is 0; he who posts it wakes him only then.
 */
export function stillWaits(
  [word, rawOperation, expected]: RawSystemCall['arguments'],
  memory: ArgumentReader,
): boolean {
  const name = operations[int(rawOperation) & 0x7f] ?? '';
  if (name !== 'FUTEX_WAIT' && !waitsUntil.has(name)) return false;
  const data = expected === 0n ? memory.bytes(word, 8) : null;
  if (data === null) return true;
  const [value, waiters] = [data.readUInt32LE(0), data.readUInt32LE(4)];
  return value === 0 || waiters === 0 || waiters > mostWaiters;
}

/** More threads than a process has do not wait for a semaphore: then it is none. */
const mostWaiters = 1 << 22;

/**
 * CPython 3.13 and later let a thread wait on a semaphore of its own, and keep in front of it the address of what it
 * waits for (`struct wait_entry`, Python/parking_lot.c). Of other semaphores anything may lie there.
 */
function addressBefore(word: bigint, memory: ArgumentReader): string | null {
  const before = word < 8n ? null : memory.bytes(word - 8n, 8)?.readBigUInt64LE();
  return before === undefined || before === null || before < 4096n || before >= 1n << 56n
    ? null
    : hex(before);
}

/** futex_waitv(2): an array of struct futex_waitv (value, address, flags: 24 bytes); the first stands for all. */
export function decodeFutexWaitv(args: RawSystemCall['arguments'], memory: ArgumentReader): Decoded {
  const count = int(args[1]);
  const first = memory.bytes(args[0], 24);
  const texts = [`count=${String(count)}`];
  if (args[3] === 0n) texts.push(timeout(null));
  else {
    const value = memory.timespec(args[3]);
    if (value !== null) texts.push(remaining(value, int(args[4]) === 0));
  }
  if (first === null) return { arguments: texts };
  const address = hex(first.readBigUInt64LE(8));
  return { arguments: [`address=${address}`, ...texts], futex: address };
}
