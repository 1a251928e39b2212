/* bytes.h: going through the contents of a bytes object, as the tables of a code object are. */
#ifndef SLEEPER_BYTES_H
#define SLEEPER_BYTES_H

#include "memory.h"

struct sleeper__bytes {
  address_t next;
  address_t end;
};

/* False when it cannot be a bytes object (2.7: str). */
bool sleeper__bytes_begin_as(address_t object, struct sleeper__bytes *bytes);
/* False at the end, and where the memory is unreadable. */
bool sleeper__bytes_next_as(struct sleeper__bytes *bytes, uint8_t *byte);

#endif
