#include "bytes.h"

#include "layout.h"

/* No line table of a real function is longer. */
#define MAX_BYTES ((int64_t)4 << 20)

bool sleeper__bytes_begin_as(address_t object, struct sleeper__bytes *bytes) {
  int64_t size;
  if (object == 0 || !sleeper__read_i64_as(AT(object, object_size), &size) || size < 0 || size > MAX_BYTES)
    return false;
  bytes->next = AT(object, bytes_data);
  bytes->end = bytes->next + (address_t)size;
  return true;
}

bool sleeper__bytes_next_as(struct sleeper__bytes *bytes, uint8_t *byte) {
  if (bytes->next >= bytes->end || !sleeper__read_u8_as(bytes->next, byte)) return false;
  bytes->next++;
  return true;
}
