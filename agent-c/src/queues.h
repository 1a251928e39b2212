/* queues.h: the items of a queue.SimpleQueue or a queue.Queue. */
#ifndef SLEEPER_QUEUES_H
#define SLEEPER_QUEUES_H

#include "deques.h"

/* if (sleeper__queue_begin_as(queue, &c)) while (sleeper__queue_next_as(&c, &item)) ... */
struct sleeper__queue_cursor {
  uint64_t size;
  /* Private: of a SimpleQueue in C a ring of pointers, else a deque. */
  address_t items; /* 0: a deque */
  uint64_t capacity, first, taken;
  struct sleeper__deque_cursor deque;
};

/* False when it is none, or its memory contradicts itself. */
bool sleeper__queue_begin_as(address_t queue, struct sleeper__queue_cursor *cursor);
/* In the order in which they will be taken; false at the end, and when the next one cannot be read. */
bool sleeper__queue_next_as(struct sleeper__queue_cursor *cursor, address_t *item);

#endif
