/* line_tables.h: which source line an instruction belongs to. */
#ifndef SLEEPER_LINE_TABLES_H
#define SLEEPER_LINE_TABLES_H

#include "memory.h"

/* -1 stands for "none". Columns are 0-based, in bytes of UTF-8; there are none before 3.11. */
struct sleeper__location {
  int64_t line;
  int64_t end_line;
  int64_t column;
  int64_t end_column;
};

/* The location of the instruction at byte offset `instruction` of the code object; -1 for a frame that
 * has not begun. */
void sleeper__location_as(address_t code, int64_t instruction, struct sleeper__location *location);

#endif
