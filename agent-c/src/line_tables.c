#include "line_tables.h"

#include "bytes.h"
#include "layout.h"

/* co_lnotab up to 3.9 (Objects/lnotab_notes.txt): pairs of unsigned address and line increments; the
 * line increment is signed from 3.6 on. */
static int64_t lnotab_line_as(struct sleeper__bytes *table, int64_t first_line, int64_t instruction) {
  int64_t address = 0;
  int64_t line = first_line;
  uint8_t address_step, line_step;
  while (sleeper__bytes_next_as(table, &address_step) && sleeper__bytes_next_as(table, &line_step)) {
    address += address_step;
    if (address > instruction) break;
    line += SINCE(3, 6) ? (int8_t)line_step : line_step;
  }
  return line;
}

/* co_linetable of 3.10 (Objects/lnotab_notes.txt, PEP 626): pairs of a length in bytes and a signed
 * line increment; -128 says that the range has no line. */
static int64_t linetable_line_as(struct sleeper__bytes *table, int64_t first_line, int64_t instruction) {
  int64_t end = 0;
  int64_t line = first_line;
  uint8_t length, step;
  while (sleeper__bytes_next_as(table, &length) && sleeper__bytes_next_as(table, &step)) {
    bool none = (int8_t)step == -128;
    if (!none) line += (int8_t)step;
    end += length;
    if (end > instruction) return none ? -1 : line;
  }
  return -1;
}

/* The codes of co_linetable from 3.11 on (Objects/locations.md). */
enum {
  ONE_LINE_0 = 10,
  ONE_LINE_2 = 12,
  NO_COLUMNS = 13,
  LONG = 14,
  NO_LOCATION = 15,
};

/* Least significant six bits first; bit 6 says that more follow. */
static uint32_t varint_as(struct sleeper__bytes *table) {
  uint32_t value = 0;
  uint8_t byte;
  for (unsigned shift = 0; shift < 32 && sleeper__bytes_next_as(table, &byte); shift += 6) {
    value |= (uint32_t)(byte & 63) << shift;
    if ((byte & 64) == 0) break;
  }
  return value;
}

/* The sign is in bit 0. */
static int64_t signed_varint_as(struct sleeper__bytes *table) {
  uint32_t value = varint_as(table);
  return (value & 1) != 0 ? -(int64_t)(value >> 1) : (int64_t)(value >> 1);
}

/* Reads the entry behind its first byte; `line` goes on from entry to entry. */
static void entry_as(struct sleeper__bytes *table, unsigned code, int64_t *line,
                     struct sleeper__location *location) {
  uint8_t first = 0, second = 0;
  *location = (struct sleeper__location){-1, -1, -1, -1};
  switch (code) {
  case NO_LOCATION: return;
  case LONG:
    *line += signed_varint_as(table);
    location->end_line = *line + varint_as(table);
    location->column = (int64_t)varint_as(table) - 1;
    location->end_column = (int64_t)varint_as(table) - 1;
    break;
  case NO_COLUMNS:
    *line += signed_varint_as(table);
    location->end_line = *line;
    break;
  default:
    sleeper__bytes_next_as(table, &first);
    if (code >= ONE_LINE_0 && code <= ONE_LINE_2) {
      sleeper__bytes_next_as(table, &second);
      *line += (int64_t)code - ONE_LINE_0;
      location->column = first;
      location->end_column = second;
    } else { /* the short form: columns below 80, at most 15 wide */
      location->column = code << 3 | (first >> 4 & 7);
      location->end_column = location->column + (first & 15);
    }
    location->end_line = *line;
  }
  location->line = *line;
}

static void locations_as(struct sleeper__bytes *table, int64_t first_line, int64_t instruction,
                         struct sleeper__location *location) {
  int64_t end = 0;
  int64_t line = first_line;
  uint8_t head;
  while (sleeper__bytes_next_as(table, &head)) {
    if ((head & 0x80) == 0) break; /* not the start of an entry */
    entry_as(table, head >> 3 & 15, &line, location);
    end += ((head & 7) + 1) * 2;
    if (end > instruction) return;
  }
  *location = (struct sleeper__location){-1, -1, -1, -1};
}

void sleeper__location_as(address_t code, int64_t instruction, struct sleeper__location *location) {
  int32_t first_line;
  address_t object;
  struct sleeper__bytes table;
  *location = (struct sleeper__location){-1, -1, -1, -1};
  if (!sleeper__read_i32_as(AT(code, code_firstlineno), &first_line)) return;
  if (instruction < 0) {
    location->line = first_line;
    return;
  }
  if (!sleeper__read_pointer_as(AT(code, code_linetable), &object) ||
      !sleeper__bytes_begin_as(object, &table))
    return;
  if (SINCE(3, 11))
    locations_as(&table, first_line, instruction, location);
  else if (SINCE(3, 10))
    location->line = linetable_line_as(&table, first_line, instruction);
  else
    location->line = lnotab_line_as(&table, first_line, instruction);
}
