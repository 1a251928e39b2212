#include "deques.h"

#include "layout.h"
#include "objects.h"

#define MAX_SIZE ((int64_t)1 << 47)

/* Modules/_collectionsmodule.c: after rightindex come, in 3.x, state and maxlen, and the length is
 * ob_size; in 2.7, len, state and maxlen. */
bool sleeper__deque_begin_as(address_t deque, struct sleeper__deque_cursor *cursor) {
  int64_t size;
  address_t max_size_at = AT(deque, deque_rightindex) + (SINCE(3, 0) ? 16 : 24);
  if (SINCE(3, 0) ? !sleeper__object_size_as(deque, &size)
                  : !sleeper__read_i64_as(AT(deque, deque_rightindex) + 8, &size))
    return false;
  cursor->size = (uint64_t)size;
  cursor->taken = 0;
  return size >= 0 && size <= MAX_SIZE &&
         sleeper__read_pointer_as(AT(deque, deque_leftblock), &cursor->block) &&
         sleeper__read_u64_as(AT(deque, deque_leftindex), &cursor->index) &&
         sleeper__read_i64_as(max_size_at, &cursor->max_size) &&
         (size == 0 || cursor->index < sleeper__layout.dequeblock_length);
}

bool sleeper__deque_next_as(struct sleeper__deque_cursor *cursor, address_t *item) {
  if (cursor->taken == cursor->size) return false;
  if (cursor->index == sleeper__layout.dequeblock_length) {
    cursor->index = 0;
    if (!sleeper__read_pointer_as(AT(cursor->block, dequeblock_right), &cursor->block)) return false;
  }
  if (!sleeper__read_pointer_as(AT(cursor->block, dequeblock_data) + cursor->index * sizeof(void *), item))
    return false;
  cursor->index++;
  cursor->taken++;
  return true;
}
