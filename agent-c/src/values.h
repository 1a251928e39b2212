/* values.h: what is printed of a Python object, decoded from memory. */
#ifndef SLEEPER_VALUES_H
#define SLEEPER_VALUES_H

#include "objects.h"

/* Writes the members of one value into the JSON object that is open:
 *
 *   "type": "list"              the type's name
 *   "typeModule": "app.models"  only when it is not a built-in type
 *   "address": "0x7f..."
 *   "repr": "[1, 2, ...]"       what repr() would give, as far as memory tells; for None, bool, int,
 *                               float, complex, str, bytes, list, tuple, dict, set, frozenset, range,
 *                               slice, bytearray, deque and the types of datetime, when it is not cut,
 *                               eval(repr) == value, of the target's own Python version. A cut is
 *                               marked by "..." in the text. Nothing in it can move a terminal's cursor.
 *                               Attributes that a class adds to a built-in value or an exception follow
 *                               it: "<Config({'a': 1}) {'path': '/etc'}>"
 *   "how": "raw"
 *   "truncated": {"shown": 100, "total": 1000000}   the outermost container or string was cut;
 *                {"nested": true}                   something inside it was cut (limits of items,
 *                                                   string, depth, repr, or a cycle); both may be there
 *   "lock": {"kind": "Lock"|"RLock"|"SemLock"|"Semaphore", "locked": true, "owner": 1403..|null,
 *            "count": 2|null, "futex": "0x.."|null}
 *                               for _thread.lock, _thread.RLock, threading._RLock instances (all RLocks
 *                               of 2.7) and _multiprocessing.SemLock, which is a "Semaphore" if more
 *                               than one may have it at once. `owner` is a thread's ident, null
 *                               for a Lock, when it is not locked, and for a SemLock that no thread of
 *                               this process has; `count` is null for a Lock; `futex`: see locks.h
 *
 * or, when the object cannot be read, {"error": "...", "address": "0x.."}, and returns false.
 */
bool sleeper__value_members_as(address_t object);

/* Is it a lock of any kind, a Semaphore of threading, a Condition of it or a lock of multiprocessing, whose
 * inner lock it then is, or a method bound to one of these (`lock.__exit__`, pushed by a with statement)?
 * Gives the lock, or the Semaphore. */
bool sleeper__lock_behind_as(address_t object, address_t *lock);

#endif
