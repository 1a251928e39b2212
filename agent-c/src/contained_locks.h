/* contained_locks.h: the locks in the dicts, lists and tuples that the code of a frame can get at. */
#ifndef SLEEPER_CONTAINED_LOCKS_H
#define SLEEPER_CONTAINED_LOCKS_H

#include "objects.h"

/* Of more containers of one frame the rest is not looked into. */
#define SLEEPER_MAX_CONTAINERS 32u

/* Is it a dict, a list or a tuple? */
bool sleeper__is_container_as(const struct sleeper__object *object);

/* Writes the member "containedLocks": the addresses of the locks that are locked, and of the Semaphores,
 * among the elements of these containers and the attributes of their elements. Not when there are none. */
void sleeper__contained_locks_write_as(const address_t *containers, uint32_t count);

#endif
