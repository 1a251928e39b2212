/* global_locks.h: the locks that the code of a frame can get at by the names of globals. */
#ifndef SLEEPER_GLOBAL_LOCKS_H
#define SLEEPER_GLOBAL_LOCKS_H

#include "frames.h"

/* Writes the member "globalLocks" when there are any: the locks and semaphores that globals are which the
 * code names, or that such an instance has in an attribute; and "containedLocks" (contained_locks.h): those
 * in the containers that such a global or attribute is. */
void sleeper__global_locks_write_as(const struct sleeper__frame *frame);

#endif
