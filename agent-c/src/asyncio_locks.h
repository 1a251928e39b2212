/* asyncio_locks.h: the locks of asyncio, which are written in Python and keep no owner. */
#ifndef SLEEPER_ASYNCIO_LOCKS_H
#define SLEEPER_ASYNCIO_LOCKS_H

#include "objects.h"

/* Is it an asyncio.Lock, or a Condition, whose lock it then is, or a method bound to one of these
 * (`lock.__aexit__`, pushed by an async with statement)? Gives the lock. */
bool sleeper__asyncio_lock_behind_as(address_t object, address_t *lock);

#endif
