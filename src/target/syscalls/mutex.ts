import type { ArgumentReader } from './reader.js';

/** So many bytes of a pthread_mutex_t tell who has it. */
const mutexBytes = 20;

// Of __kind, glibc: sysdeps/nptl/bits/struct_mutex.h, nptl/pthreadP.h.
const RECURSIVE = 1;
const ROBUST = 16;
const PRIO_INHERIT = 32;
/** The four types, and the two flags about lock elision. */
const harmless = 3 | 256 | 512;

/** In the word of a mutex that names its owner: others wait (futex(2)). */
const FUTEX_WAITERS = 0x8000_0000;
/** In the word of any other one: it is locked, and others wait (glibc: sysdeps/nptl/lowlevellock.h). */
const lockedWithWaiters = 2;

/**
 * The thread that has the mutex of glibc whose first bytes these are, by its id in its own pid namespace; null if it is
 * no such mutex, or nobody waits for it. On 64-bit machines it begins with __lock, __count, __owner, __nusers and
 * __kind, of 32 bits each; the futex is the first of them. A mutex that processes share is none of these: its owner may
 * be of another one.
 */
export function mutexOwner(data: Buffer): number | null {
  const [word = 0, count = 0, owner = 0, users = 0, kind = 0] = [0, 4, 8, 12, 16].map((at) =>
    data.readUInt32LE(at),
  );
  const named = (kind & (ROBUST | PRIO_INHERIT)) !== 0;
  const isMutex =
    (kind & ~(harmless | ROBUST | PRIO_INHERIT)) === 0 &&
    owner > 0 &&
    owner < 1 << 30 &&
    users > 0 &&
    count > 0 === ((kind & 3) === RECURSIVE) &&
    word === (named ? owner + FUTEX_WAITERS : lockedWithWaiters);
  return isMutex ? owner : null;
}

/** As `mutexOwner`, of what lies at an address; null if nothing does. */
export function mutexOwnerAt(address: bigint, memory: ArgumentReader): number | null {
  const data = memory.bytes(address, mutexBytes);
  return data === null ? null : mutexOwner(data);
}
