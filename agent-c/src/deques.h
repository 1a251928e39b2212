/* deques.h: the items of a collections.deque. */
#ifndef SLEEPER_DEQUES_H
#define SLEEPER_DEQUES_H

#include "memory.h"

/* if (sleeper__deque_begin_as(deque, &c)) while (sleeper__deque_next_as(&c, &item)) ... */
struct sleeper__deque_cursor {
  uint64_t size;
  int64_t max_size; /* negative: none */
  /* Private. */
  address_t block;
  uint64_t index; /* in the block */
  uint64_t taken;
};

/* False when its memory contradicts itself. */
bool sleeper__deque_begin_as(address_t deque, struct sleeper__deque_cursor *cursor);
/* False at the end, and when the next one cannot be read. */
bool sleeper__deque_next_as(struct sleeper__deque_cursor *cursor, address_t *item);

#endif
