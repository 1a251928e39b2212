#include "code_identity.h"

#include "bytes.h"
#include "hashes.h"
#include "layout.h"
#include "objects.h"
#include "table.h"

/* Of a text or a table that are looked at in order to tell it from another one. */
#define CHECKED_BYTES 256u

/* A str keeps its hash once it was asked for it, which few names of files ever are. */
static uint64_t text_check_as(address_t str) {
  char text[CHECKED_BYTES];
  uint64_t hash = UINT64_MAX;
  size_t length = 0;
  if (!sleeper__hash_kept_as(str, &hash) || hash != UINT64_MAX) return hash;
  if (!sleeper__string_as(str, text, sizeof text)) return hash;
  while (text[length] != 0) length++;
  return sleeper__table_hash_bytes_as(0, text, length);
}

static uint64_t table_check_as(address_t table) {
  uint8_t begin[CHECKED_BYTES];
  struct sleeper__bytes bytes;
  if (!sleeper__bytes_begin_as(table, &bytes)) return 0;
  uint64_t length = bytes.end - bytes.next;
  size_t read = length < sizeof begin ? (size_t)length : sizeof begin;
  return sleeper__read_as(bytes.next, begin, read) ? sleeper__table_hash_bytes_as(length, begin, read) : 0;
}

uint64_t sleeper__code_identity_as(address_t code) {
  address_t name = 0, qualname = 0, file = 0, table = 0;
  uint32_t first_line = 0;
  sleeper__read_pointer_as(AT(code, code_name), &name);
  if (HAS(code_qualname)) sleeper__read_pointer_as(AT(code, code_qualname), &qualname);
  sleeper__read_pointer_as(AT(code, code_filename), &file);
  sleeper__read_pointer_as(AT(code, code_linetable), &table);
  sleeper__read_u32_as(AT(code, code_firstlineno), &first_line);
  uint64_t parts[] = {text_check_as(name), qualname == name ? 0 : text_check_as(qualname),
                      text_check_as(file), table_check_as(table), first_line};
  return sleeper__table_hash_bytes_as(0, parts, sizeof parts);
}
