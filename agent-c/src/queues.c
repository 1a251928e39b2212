#include "queues.h"

#include "layout.h"
#include "objects.h"

#define MAX_SIZE ((uint64_t)1 << 47)

/* Modules/_queuemodule.c: from 3.13 on a ring; before, the items of a list from an index on. */
static bool simple_as(address_t queue, struct sleeper__queue_cursor *cursor) {
  struct sleeper__object list;
  address_t address;
  int64_t length;
  if (!HAS(simplequeue_first) || !sleeper__read_u64_as(AT(queue, simplequeue_first), &cursor->first))
    return false;
  if (HAS(simplequeue_items))
    return sleeper__read_pointer_as(AT(queue, simplequeue_items), &cursor->items) && cursor->items != 0 &&
           sleeper__read_u64_as(AT(queue, simplequeue_capacity), &cursor->capacity) &&
           sleeper__read_u64_as(AT(queue, simplequeue_count), &cursor->size) &&
           cursor->capacity <= MAX_SIZE && cursor->size <= cursor->capacity &&
           (cursor->size == 0 || cursor->first < cursor->capacity);
  if (!sleeper__read_pointer_as(AT(queue, simplequeue_list), &address) ||
      !sleeper__object_as(address, &list) || list.kind != SLEEPER_KIND_LIST ||
      !sleeper__object_size_as(address, &length) || length < 0 || (uint64_t)length > MAX_SIZE ||
      cursor->first > (uint64_t)length || !sleeper__read_pointer_as(AT(address, list_items), &cursor->items))
    return false;
  cursor->capacity = (uint64_t)length;
  cursor->size = cursor->capacity - cursor->first;
  return cursor->size == 0 || cursor->items != 0;
}

/* Lib/queue.py, in 2.7 Lib/Queue.py: a deque in the attribute `queue`. */
static bool in_python_as(address_t queue, struct sleeper__queue_cursor *cursor) {
  struct sleeper__object deque;
  address_t address;
  if (!sleeper__attribute_as(queue, "queue", &address) || !sleeper__object_as(address, &deque) ||
      deque.kind != SLEEPER_KIND_DEQUE || !sleeper__deque_begin_as(address, &cursor->deque))
    return false;
  cursor->size = cursor->deque.size;
  return true;
}

bool sleeper__queue_begin_as(address_t queue, struct sleeper__queue_cursor *cursor) {
  struct sleeper__object object;
  cursor->items = 0;
  cursor->taken = 0;
  if (!sleeper__object_as(queue, &object)) return false;
  return sleeper__type_is_as(object.type, "_queue", "SimpleQueue") ? simple_as(queue, cursor)
                                                                   : in_python_as(queue, cursor);
}

bool sleeper__queue_next_as(struct sleeper__queue_cursor *cursor, address_t *item) {
  if (cursor->items == 0) return sleeper__deque_next_as(&cursor->deque, item);
  if (cursor->taken == cursor->size) return false;
  uint64_t index = (cursor->first + cursor->taken) % cursor->capacity;
  cursor->taken++;
  return sleeper__read_pointer_as(cursor->items + index * sizeof(address_t), item);
}
