/* repr_sets.c: set, frozenset. */
#include "layout.h"
#include "repr.h"
#include "sets.h"
#include "writer.h"

static void elements_as(struct sleeper__repr *r, struct sleeper__set *set) {
  uint64_t shown = 0;
  address_t key;
  bool more = true;
  while (shown < set->used && sleeper__set_next_as(set, &key)) {
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
  struct sleeper__set set;
  if (!sleeper__set_begin_as(object->address, &set)) {
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
