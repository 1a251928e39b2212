/* sets.h: the elements of a set or frozenset. */
#ifndef SLEEPER_SETS_H
#define SLEEPER_SETS_H

#include "memory.h"

/* for (ok = begin(set, &s); ok && next(&s, &element); ) ...: in the order of the table. The number of steps
 * is bounded by a cap and by the budget. The kind of the object is for the caller to know. */
struct sleeper__set {
  uint64_t used; /* len(set) as the set says */
  /* Private. */
  address_t table;
  uint64_t slots;
  uint64_t index;
};
bool sleeper__set_begin_as(address_t object, struct sleeper__set *set);
bool sleeper__set_next_as(struct sleeper__set *set, address_t *element);

#endif
