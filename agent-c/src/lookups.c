/* lookups.c: a name in a dict, found as Python finds it. */
#include "budget.h"
#include "dicts.h"
#include "hashes.h"
#include "layout.h"

/* DKIX_EMPTY, Objects/dict-common.h, pycore_dict.h. The others below zero are keys that were deleted. */
#define INDEX_FREE (-1)
/* A key is where its hash says or a few places on; a table so crowded is none. */
#define MAX_PROBES 1000

static bool index_as(const struct sleeper__dict_cursor *cursor, uint64_t slot, int64_t *index) {
  uint64_t width = cursor->index_bytes / cursor->slots;
  address_t at = cursor->indices + slot * width;
  int8_t i8;
  int16_t i16;
  int32_t i32;
  bool ok;
  if (cursor->indices == 0) { /* 2.7: the slots are the entries */
    *index = (int64_t)slot;
    return true;
  }
  switch (width) {
  case 1: ok = sleeper__read_as(at, &i8, 1), *index = ok ? i8 : 0; break;
  case 2: ok = sleeper__read_as(at, &i16, 2), *index = ok ? i16 : 0; break;
  case 4: ok = sleeper__read_as(at, &i32, 4), *index = ok ? i32 : 0; break;
  default: ok = width == 8 && sleeper__read_i64_as(at, index); break;
  }
  return ok;
}

/* Either a name, or a key by its address. */
struct wanted {
  const char *name;
  address_t key;
};

static bool is_wanted_as(const struct wanted *wanted, address_t key) {
  return wanted->name != NULL ? sleeper__string_equals_as(key, wanted->name) : key == wanted->key;
}

/* lookdict, Objects/dictobject.c. 3.x shifts the hash before it is mixed in, 2.7 after. */
static bool by_hash_as(const struct sleeper__dict_cursor *cursor, const struct wanted *wanted, uint64_t hash,
                       address_t *value) {
  uint64_t mask = cursor->slots - 1, slot = hash & mask, perturb = hash;
  bool shift_first = SINCE(3, 0);
  address_t key;
  int64_t index;
  for (int i = 0; i < MAX_PROBES && index_as(cursor, slot, &index) && index != INDEX_FREE; i++) {
    if (index >= 0) {
      if (!sleeper__dict_entry_as(cursor, (uint64_t)index, &key, value)) return false;
      if (key == 0) return false; /* 2.7: free */
      if (*value != 0 && is_wanted_as(wanted, key)) return true;
    }
    if (shift_first) perturb >>= 5;
    slot = (slot * 5 + perturb + 1) & mask;
    if (!shift_first) perturb >>= 5;
  }
  return false;
}

/* As many as a power of two, unless the memory contradicts itself. */
static bool has_slots_as(const struct sleeper__dict_cursor *cursor) {
  return cursor->slots != 0 && (cursor->slots & (cursor->slots - 1)) == 0;
}

bool sleeper__dict_find_key_as(const struct sleeper__dict_cursor *cursor, address_t key, uint64_t hash,
                               address_t *value) {
  return has_slots_as(cursor) && by_hash_as(cursor, &(struct wanted){.key = key}, hash, value);
}

static bool one_by_one_as(struct sleeper__dict_cursor cursor, const char *name, address_t *value) {
  address_t key, found;
  while (sleeper__dict_next_as(&cursor, &key, &found)) {
    if (sleeper__string_equals_as(key, name)) {
      *value = found;
      return true;
    }
    if (!sleeper__budget_comparison_as()) break;
  }
  return false;
}

bool sleeper__dict_find_name_as(const struct sleeper__dict_cursor *cursor, const char *name,
                                address_t *value) {
  struct sleeper__dict_cursor first = *cursor;
  uint64_t hash;
  address_t key, found;
  if (!sleeper__hash_known_as() && sleeper__dict_next_as(&first, &key, &found)) sleeper__hash_learn_as(key);
  if (!has_slots_as(cursor) || !sleeper__hash_as(name, &hash)) return one_by_one_as(*cursor, name, value);
  if (!by_hash_as(cursor, &(struct wanted){.name = name}, hash, &found)) return false;
  *value = found;
  return true;
}

bool sleeper__dict_get_as(address_t dict, const char *ascii_key, address_t *value) {
  struct sleeper__dict_cursor cursor;
  return sleeper__dict_begin_as(dict, &cursor) && sleeper__dict_find_name_as(&cursor, ascii_key, value);
}
