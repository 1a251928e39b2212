/* text.h: the characters of a str, bytes or bytearray, a few at a time. */
#ifndef SLEEPER_TEXT_H
#define SLEEPER_TEXT_H

#include "objects.h"

struct sleeper__text {
  uint64_t length; /* units, as len() counts them */
  /* Private. */
  address_t data;
  uint32_t width; /* bytes of a unit: 1, 2 or 4 */
  bool utf16;     /* 2.7 with UCS2: a character may be two units */
  bool utf8;      /* str of 2.7: bytes, taken for UTF-8 when they are text */
  uint64_t chunk_start;
  uint32_t chunk_length;
  uint8_t chunk[128];
};

/* False when it is none of these, or contradicts itself. */
bool sleeper__text_open_as(const struct sleeper__object *object, struct sleeper__text *text);
/* The unit at `index`; false when it is unreadable. */
bool sleeper__text_unit_as(struct sleeper__text *text, uint64_t index, uint32_t *unit);
/* The character that begins at *index, which is moved on past it. Surrogate pairs of a UCS2 build
 * are joined; bytes of a 2.7 str that are not UTF-8 become U+FFFD. */
bool sleeper__text_next_as(struct sleeper__text *text, uint64_t *index, uint32_t *character);

#endif
