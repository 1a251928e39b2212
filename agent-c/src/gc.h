/* gc.h: the state of the garbage collector. */
#ifndef SLEEPER_GC_H
#define SLEEPER_GC_H

#include "memory.h"

/* Writes the member "gc" of an interpreter; what this version keeps where nothing points to is null. */
void sleeper__gc_write_as(address_t interpreter);

/* The objects that the collector tracks, the newest generation first, and in each, as far as it is known, the
 * newest objects first.
 *   struct sleeper__gc_cursor c;
 *   if (sleeper__gc_begin_as(interpreter, &c)) while (sleeper__gc_next_as(&c, &object)) ...
 * Nothing bounds the number of steps but the caller. */
struct sleeper__gc_cursor {
  /* Private. */
  address_t head;            /* of the list that is gone through */
  address_t node;            /* the last one given */
  uint32_t generations_left; /* after this one */
  uint32_t generation_bytes;
  uint32_t node_bytes; /* sizeof(PyGC_Head): the object follows */
  bool backwards;
};
bool sleeper__gc_begin_as(address_t interpreter, struct sleeper__gc_cursor *cursor);
bool sleeper__gc_next_as(struct sleeper__gc_cursor *cursor, address_t *object);

#endif
