#include "sets.h"

#include "budget.h"
#include "layout.h"
#include "objects.h"

#define MAX_SIZE ((int64_t)1 << 47)
/* No set's table is looked through any further. */
#define MAX_STEPS ((uint64_t)1 << 20)

bool sleeper__set_begin_as(address_t object, struct sleeper__set *set) {
  int64_t used;
  uint64_t mask;
  set->index = 0;
  if (!sleeper__read_i64_as(AT(object, set_used), &used) || used < 0 || used > MAX_SIZE ||
      !sleeper__read_u64_as(AT(object, set_mask), &mask) || mask > (uint64_t)MAX_SIZE ||
      !sleeper__read_pointer_as(AT(object, set_table), &set->table))
    return false;
  set->used = (uint64_t)used;
  set->slots = mask + 1;
  return true;
}

/* A slot whose element was removed has a dummy key. In 3.x its hash is then -1, which is no hash
 * (Objects/setobject.c, set_discard_entry); in 2.7 the dummy is a str. */
static bool is_dummy_as(address_t slot, address_t key) {
  int64_t hash;
  if (!SINCE(3, 0)) return sleeper__string_equals_as(key, "<dummy key>");
  address_t hash_at = slot + (sleeper__layout.setentry_key == 0 ? sizeof(void *) : 0);
  return !sleeper__read_i64_as(hash_at, &hash) || hash == -1;
}

bool sleeper__set_next_as(struct sleeper__set *set, address_t *element) {
  for (; set->index < set->slots && set->index < MAX_STEPS; set->index++) {
    address_t slot = set->table + set->index * sleeper__layout.setentry_bytes;
    if (!sleeper__read_pointer_as(slot + sleeper__layout.setentry_key, element)) return false;
    if (*element != 0 && !is_dummy_as(slot, *element)) {
      set->index++;
      return true;
    }
    if (!sleeper__budget_free_slot_as()) return false;
  }
  return false;
}
