/* repr_dicts.c: dict, and the two of its subclasses that are more: OrderedDict, defaultdict. */
#include "dicts.h"
#include "layout.h"
#include "repr.h"
#include "symbols.h"
#include "writer.h"

#define MAX_SIZE ((uint64_t)1 << 47)
#define MAX_BASES 64

/* The items in their order: that of the table, or of an OrderedDict's list of nodes. */
struct items {
  struct sleeper__dict_cursor cursor;
  bool ordered;
  address_t node;
};

static bool next_item_as(struct items *items, address_t *key, address_t *value) {
  uint64_t hash;
  address_t node = items->node;
  if (!items->ordered) return sleeper__dict_next_as(&items->cursor, key, value);
  return node != 0 && sleeper__read_pointer_as(AT(node, odictnode_key), key) &&
         sleeper__read_u64_as(AT(node, odictnode_hash), &hash) &&
         sleeper__read_pointer_as(AT(node, odictnode_next), &items->node) &&
         sleeper__dict_find_key_as(&items->cursor, *key, hash, value);
}

static void items_as(struct sleeper__repr *r, struct items *items) {
  uint64_t shown = 0, used = items->cursor.used;
  address_t key, value;
  bool more = true;
  while (shown < used && next_item_as(items, &key, &value)) {
    more = sleeper__repr_next_as(shown);
    if (!more) break;
    sleeper__repr_object_as(r, key);
    sleeper__text_ascii_as(": ");
    sleeper__repr_object_as(r, value);
    shown++;
  }
  if (shown == used) return;
  if (more) sleeper__text_ascii_as(", ..."); /* fewer than the dict says, or too far apart */
  sleeper__repr_cut_as(r, r->depth - 1, shown, used);
}

static bool is_ordered_as(address_t type) {
  return sleeper__symbols.PyODict_Type != 0 && HAS(odict_first) && type == sleeper__symbols.PyODict_Type;
}

/* The base that has more than a dict has: the chain of those that decide the layout is followed. */
static address_t extended_base_as(const struct sleeper__object *object) {
  address_t type = object->type;
  for (int i = 0; i < MAX_BASES && type != 0 && type != sleeper__symbols.PyDict_Type; i++) {
    if (is_ordered_as(type) || sleeper__type_is_as(type, "collections", "defaultdict")) return type;
    if (!sleeper__read_pointer_as(AT(type, type_base), &type)) break;
  }
  return 0;
}

void sleeper__repr_dict_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  struct items items = {.ordered = false};
  address_t factory = 0;
  if (!sleeper__dict_begin_as(object->address, &items.cursor) || items.cursor.used > MAX_SIZE) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  address_t extended = object->exact ? 0 : extended_base_as(object);
  if (extended != 0 && is_ordered_as(extended))
    items.ordered = sleeper__read_pointer_as(AT(object->address, odict_first), &items.node);
  else if (extended != 0)
    sleeper__read_pointer_as(AT(object->address, defaultdict_factory), &factory);
  bool close = sleeper__repr_subclass_as(object);
  if (items.cursor.used == 0 && factory == 0) {
    sleeper__text_ascii_as("{}");
  } else if (sleeper__repr_enter_as(r, object->address, "{...}")) {
    if (factory != 0) {
      sleeper__repr_object_as(r, factory);
      sleeper__text_ascii_as(", ");
    }
    sleeper__text_char_as('{');
    items_as(r, &items);
    sleeper__text_char_as('}');
    sleeper__repr_leave_as(r);
  }
  if (close) sleeper__text_char_as(')');
}
