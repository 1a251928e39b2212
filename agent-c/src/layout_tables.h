/* layout_tables.h: the generated tables of layout_tables.c, which only layout.c reads. */
#ifndef SLEEPER_LAYOUT_TABLES_H
#define SLEEPER_LAYOUT_TABLES_H

#include <stdint.h>

#include "layout_fields.h"

/* At least the size of the _Py_DebugOffsets of every version. */
#define SLEEPER_DEBUG_OFFSETS_BYTES 1024

/* A field that _Py_DebugOffsets gives. The slots are offsets in that structure, which is made of
 * uint64_t only; 0 (the cookie) is none. */
struct sleeper__debug_offset {
  uint16_t slot;  /* the field's value */
  uint16_t bound; /* the size of the structure that the field is in */
  uint16_t minus; /* the slot whose value is to be subtracted */
  uint8_t bytes;  /* at least so many bytes of the structure are the field's */
  uint8_t align;  /* the value is a multiple of this */
  uint16_t field; /* its offset in struct sleeper__layout */
};

struct sleeper__debug_offsets {
  const struct sleeper__debug_offset *fields;
  uint16_t count; /* 0: the version has none */
  uint16_t bytes; /* sizeof(_Py_DebugOffsets) */
};

/* The first release that a column is for, 0xMMmmpp; it is good until the next column's. */
extern const uint32_t sleeper__layout_versions[SLEEPER_LAYOUT_VERSIONS];
extern const uint32_t sleeper__layout_values[SLEEPER_LAYOUT_FIELDS][SLEEPER_LAYOUT_VERSIONS];
extern const struct sleeper__debug_offsets sleeper__layout_debug[SLEEPER_LAYOUT_VERSIONS];

#endif
