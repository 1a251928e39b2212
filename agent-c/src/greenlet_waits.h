/* greenlet_waits.h: what a greenlet of gevent waits for. */
#ifndef SLEEPER_GREENLET_WAITS_H
#define SLEEPER_GREENLET_WAITS_H

#include "greenlet_layout.h"

/* Writes the member "waitsFor" when it is known: the members of a value, and
 *   "owner": "0x7f..."  of an RLock: the greenlet that has it
 *   "fd": 7             of a watcher of a socket
 */
void sleeper__greenlet_wait_write_as(const struct sleeper__greenlet *greenlet);

/* Is it a lock of gevent's, an RLock of threading that is made of one, or a method bound to one of these
 * (`lock.__exit__`, pushed by a with statement)? Gives the lock. */
bool sleeper__gevent_lock_behind_as(address_t object, address_t *lock);

#endif
