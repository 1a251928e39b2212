/* locks.h: the state of locks. */
#ifndef SLEEPER_LOCKS_H
#define SLEEPER_LOCKS_H

#include "objects.h"

struct sleeper__lock {
  bool reentrant; /* an RLock */
  bool locked;
  uint64_t owner; /* of a locked RLock: the thread's ident */
  uint64_t count; /* of an RLock */
};

/* False when it is not a lock: thread.lock, _thread.lock, _thread.RLock, or an RLock that
 * threading.py implements (always in 2.7). */
bool sleeper__lock_state_as(const struct sleeper__object *object, struct sleeper__lock *lock);

/* Writes the member "lock" when it is a lock. */
void sleeper__lock_member_as(const struct sleeper__object *object);

#endif
