/* dicts.c: the tables of dicts, in every shape they have had. */
#include "dicts.h"

#include "budget.h"
#include "layout.h"

/* No table is looked through any further: a walk must end even when the table's size is garbage. */
#define MAX_STEPS ((uint64_t)1 << 20)
#define MAX_LOG2 40
/* enum DictKeysKind of 3.11+, Include/internal/pycore_dict.h */
#define KEYS_GENERAL 0
/* A split table has at most SHARED_KEYS_MAX_SIZE (30) values in 3.11+. */
#define MAX_SPLIT 254

/* 2.7: an open-addressed table of entries, those without a value are free (Objects/dictobject.c). */
static bool begin_table27_as(address_t dict, struct sleeper__dict_cursor *cursor) {
  uint64_t mask;
  if (!sleeper__read_u64_as(AT(dict, dict_mask), &mask) ||
      !sleeper__read_pointer_as(AT(dict, dict_table), &cursor->keys) || mask >= (uint64_t)1 << MAX_LOG2)
    return false;
  cursor->entries = cursor->count = cursor->slots = mask + 1;
  cursor->entry_bytes = sleeper__layout.dictentry_bytes;
  cursor->entry_key = sleeper__layout.dictentry_key;
  cursor->entry_value = sleeper__layout.dictentry_value;
  return true;
}

/* The bytes of the hash index that lies before the entries (DK_IXSIZE in 3.6-3.10). */
static bool index_bytes_as(address_t keys, uint64_t *bytes, uint64_t *slots) {
  uint8_t log2_bytes, log2_slots;
  if (HAS(dictkeys_log2_index_bytes)) {
    if (!sleeper__read_u8_as(AT(keys, dictkeys_log2_index_bytes), &log2_bytes) || log2_bytes > MAX_LOG2 ||
        !sleeper__read_u8_as(AT(keys, dictkeys_log2_size), &log2_slots) || log2_slots > MAX_LOG2)
      return false;
    *bytes = (uint64_t)1 << log2_bytes;
    *slots = (uint64_t)1 << log2_slots;
    return true;
  }
  if (!sleeper__read_u64_as(AT(keys, dictkeys_size), slots) || *slots > (uint64_t)1 << MAX_LOG2) return false;
  *bytes = *slots * (*slots <= 0xff ? 1 : *slots <= 0xffff ? 2 : *slots <= 0xffffffff ? 4 : 8);
  return true;
}

/* PyDictKeysObject of 3.6+ (Objects/dict-common.h, Include/internal/pycore_dict.h). */
static bool begin_keys_as(address_t keys, struct sleeper__dict_cursor *cursor) {
  uint64_t index_bytes;
  int64_t entries;
  uint8_t kind = KEYS_GENERAL;
  if (keys == 0 || !index_bytes_as(keys, &index_bytes, &cursor->slots) ||
      !sleeper__read_i64_as(AT(keys, dictkeys_nentries), &entries) || entries < 0 ||
      entries > (int64_t)1 << MAX_LOG2)
    return false;
  if (HAS(dictkeys_kind) && !sleeper__read_u8_as(AT(keys, dictkeys_kind), &kind)) return false;
  bool general = kind == KEYS_GENERAL;
  cursor->indices = AT(keys, dictkeys_indices);
  cursor->index_bytes = index_bytes;
  cursor->keys = cursor->indices + index_bytes;
  cursor->entries = cursor->count = (uint64_t)entries;
  cursor->entry_bytes = general ? sleeper__layout.dictentry_bytes : sleeper__layout.dictunicodeentry_bytes;
  cursor->entry_key = general ? sleeper__layout.dictentry_key : sleeper__layout.dictunicodeentry_key;
  cursor->entry_value = general ? sleeper__layout.dictentry_value : sleeper__layout.dictunicodeentry_value;
  return true;
}

/* 3.11 and 3.12: the bytes before the values are, going down: the size of this prefix, the number
 * of values set, the index of each in the order of setting (Objects/dictobject.c,
 * get_index_from_order). */
static bool order_before_as(address_t values, struct sleeper__dict_cursor *cursor) {
  uint8_t set;
  if (!sleeper__read_u8_as(values - 2, &set)) return false;
  cursor->order = values - 3;
  cursor->order_step = -1;
  cursor->count = set;
  return true;
}

/* 3.13+: struct _dictvalues counts them, and the indices follow the values. */
static bool order_after_as(address_t values, struct sleeper__dict_cursor *cursor) {
  uint8_t set, capacity;
  if (!sleeper__read_u8_as(AT(values, dictvalues_size), &set) ||
      !sleeper__read_u8_as(AT(values, dictvalues_capacity), &capacity))
    return false;
  cursor->order = AT(values, dictvalues_items) + capacity * sizeof(void *);
  cursor->order_step = 1;
  cursor->count = set;
  return true;
}

bool sleeper__dict_begin_split_as(address_t keys, address_t values, struct sleeper__dict_cursor *cursor) {
  *cursor = (struct sleeper__dict_cursor){.used = 0};
  if (!begin_keys_as(keys, cursor)) return false;
  cursor->values = HAS(dictvalues_items) ? AT(values, dictvalues_items) : values;
  if (SINCE(3, 13)) {
    if (!order_after_as(values, cursor)) return false;
  } else if (SINCE(3, 11)) {
    if (!order_before_as(values, cursor)) return false;
  }
  if (cursor->order != 0 && cursor->count > MAX_SPLIT) return false;
  cursor->used = cursor->count;
  return true;
}

bool sleeper__dict_begin_as(address_t dict, struct sleeper__dict_cursor *cursor) {
  struct sleeper__object object;
  address_t keys, values;
  int64_t used;
  *cursor = (struct sleeper__dict_cursor){.used = 0};
  if (!sleeper__object_as(dict, &object) || object.kind != SLEEPER_KIND_DICT ||
      !sleeper__read_i64_as(AT(dict, dict_used), &used) || used < 0)
    return false;
  if (HAS(dict_table)) {
    if (!begin_table27_as(dict, cursor)) return false;
  } else {
    if (!sleeper__read_pointer_as(AT(dict, dict_keys), &keys) ||
        !sleeper__read_pointer_as(AT(dict, dict_values), &values))
      return false;
    if (values != 0 ? !sleeper__dict_begin_split_as(keys, values, cursor) : !begin_keys_as(keys, cursor))
      return false;
  }
  cursor->used = (uint64_t)used;
  return true;
}

bool sleeper__dict_entry_as(const struct sleeper__dict_cursor *cursor, uint64_t index, address_t *key,
                            address_t *value) {
  address_t entry = cursor->keys + index * cursor->entry_bytes;
  if (index >= cursor->entries) return false;
  if (!sleeper__read_pointer_as(entry + cursor->entry_key, key)) return false;
  return sleeper__read_pointer_as(
      cursor->values != 0 ? cursor->values + index * sizeof(void *) : entry + cursor->entry_value, value);
}

bool sleeper__dict_unfinished_as(const struct sleeper__dict_cursor *cursor) {
  return cursor->index < cursor->count;
}

bool sleeper__dict_next_as(struct sleeper__dict_cursor *cursor, address_t *key, address_t *value) {
  while (cursor->index < cursor->count && cursor->index < MAX_STEPS) {
    uint64_t index = cursor->index++;
    if (cursor->order != 0) {
      uint8_t place;
      if (!sleeper__read_u8_as(cursor->order + (address_t)((int64_t)index * cursor->order_step), &place))
        return false;
      index = place;
      if (index >= cursor->entries) continue;
    }
    if (!sleeper__dict_entry_as(cursor, index, key, value)) return false;
    if (*key != 0 && *value != 0) return true;
    if (!sleeper__budget_free_slot_as()) return false;
  }
  return false;
}
