/* repr_sets.c: set, frozenset. */
#include "budget.h"
#include "layout.h"
#include "repr.h"
#include "writer.h"

#define MAX_SIZE ((int64_t)1 << 47)
/* No set's table is looked through any further. */
#define MAX_STEPS ((uint64_t)1 << 20)

struct set {
  address_t table;
  uint64_t slots;
  uint64_t used;
  uint64_t index;
};

static bool open_set_as(address_t object, struct set *set) {
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

static bool next_element_as(struct set *set, address_t *key) {
  for (; set->index < set->slots && set->index < MAX_STEPS; set->index++) {
    address_t slot = set->table + set->index * sleeper__layout.setentry_bytes;
    if (!sleeper__read_pointer_as(slot + sleeper__layout.setentry_key, key)) return false;
    if (*key != 0 && !is_dummy_as(slot, *key)) {
      set->index++;
      return true;
    }
    if (!sleeper__budget_free_slot_as()) return false;
  }
  return false;
}

static void elements_as(struct sleeper__repr *r, struct set *set) {
  uint64_t shown = 0;
  address_t key;
  bool more = true;
  while (shown < set->used && next_element_as(set, &key)) {
    more = sleeper__repr_next_as(shown);
    if (!more) break;
    sleeper__repr_object_as(r, key);
    shown++;
  }
  if (shown == set->used) return;
  if (more) sleeper__text_ascii_as(", ...");
  sleeper__repr_cut_as(r, r->depth - 1, shown, set->used);
}

/* "{1, 2}", of a frozenset or a subclass "Type({1, 2})"; in 2.7 always "Type([1, 2])". */
void sleeper__repr_set_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  struct set set;
  if (!open_set_as(object->address, &set)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  bool is_set = object->kind == SLEEPER_KIND_SET;
  bool braces = SINCE(3, 0);
  bool wrapped = sleeper__repr_subclass_as(object);
  if (!wrapped && (!is_set || !braces || set.used == 0)) {
    sleeper__text_ascii_as(is_set ? "set(" : "frozenset(");
    wrapped = true;
  }
  if (set.used == 0) {
    if (!braces) sleeper__text_ascii_as("[]");
  } else if (sleeper__repr_enter_as(r, object->address, braces ? "{...}" : "[...]")) {
    sleeper__text_char_as(braces ? '{' : '[');
    elements_as(r, &set);
    sleeper__text_char_as(braces ? '}' : ']');
    sleeper__repr_leave_as(r);
  }
  if (wrapped) sleeper__text_char_as(')');
}
