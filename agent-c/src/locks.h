/* locks.h: the state of locks. */
#ifndef SLEEPER_LOCKS_H
#define SLEEPER_LOCKS_H

#include "objects.h"

enum sleeper__lock_kind {
  SLEEPER_LOCK,
  SLEEPER_RLOCK,
  SLEEPER_SEMLOCK,   /* what the locks of multiprocessing are made of: one thread may have it */
  SLEEPER_SEMAPHORE, /* the same, where any number may be let through, and anybody may release it */
};

struct sleeper__lock {
  enum sleeper__lock_kind kind;
  bool locked;
  uint64_t owner; /* of a locked RLock, or a SemLock that a thread of this process has: the thread's ident */
  uint64_t count; /* how often the owner has it; of a Lock not known */
  /* What tells who waits for it: the futex word that they sleep on, or, where it is a PyMutex, its address,
   * that they are parked for; 0: not known. */
  address_t futex;
};

/* False when it is not a lock: thread.lock, _thread.lock, _thread.RLock, an RLock that threading.py
 * implements (always in 2.7), or a _multiprocessing.SemLock. */
bool sleeper__lock_state_as(const struct sleeper__object *object, struct sleeper__lock *lock);

/* What a bound method, in C or in Python, is bound to; else the object itself. */
bool sleeper__bound_to_as(address_t address, struct sleeper__object *object);

/* Writes the member "lock" when it is a lock. */
void sleeper__lock_member_as(const struct sleeper__object *object);

/* Writes the lock that is behind an object (sleeper__lock_behind_as) as an element of an array, with the
 * member
 *
 *   "boundedSemaphore": true   when the object is a BoundedSemaphore of multiprocessing
 */
void sleeper__lock_behind_write_as(address_t object, address_t lock);

#endif
