/* repr_attributes.c: the attributes of an instance, in slots and in its __dict__. */
#include "layout.h"
#include "repr.h"
#include "writer.h"

#define MAX_NAME 200
/* Attributes in slots are counted no further. */
#define MAX_SLOTS 10000

struct attributes {
  uint64_t shown, total;
  bool open; /* the brace is written */
};

/* Before the first attribute " {", before each further one ", "; false when no more may be shown. */
static bool next_attribute_as(struct attributes *a) {
  if (!a->open) sleeper__text_ascii_as(" {");
  a->open = true;
  return sleeper__repr_next_as(a->shown);
}

static void slots_as(struct sleeper__repr *r, address_t object, bool in_python_only, struct attributes *a) {
  struct sleeper__slot_cursor cursor;
  char name[MAX_NAME];
  address_t value;
  bool more = true;
  sleeper__slots_begin_as(object, &cursor);
  cursor.in_python_only = in_python_only;
  while (a->total < MAX_SLOTS && sleeper__slots_next_as(&cursor, name, sizeof name, &value)) {
    more = more && next_attribute_as(a);
    a->total++;
    if (!more) continue;
    sleeper__text_char_as('\'');
    sleeper__repr_plain_as(name);
    sleeper__text_ascii_as("': ");
    sleeper__repr_object_as(r, value);
    a->shown++;
  }
}

static void dict_as(struct sleeper__repr *r, address_t object, struct attributes *a) {
  struct sleeper__dict_cursor cursor;
  address_t key, value;
  bool more = a->shown == a->total;
  if (!sleeper__attributes_begin_as(object, &cursor)) return;
  uint64_t all = a->total + cursor.used;
  while (more && sleeper__dict_next_as(&cursor, &key, &value)) {
    more = next_attribute_as(a);
    if (!more) break;
    sleeper__repr_object_as(r, key);
    sleeper__text_ascii_as(": ");
    sleeper__repr_object_as(r, value);
    a->shown++;
    a->total++;
  }
  if (!more || sleeper__dict_unfinished_as(&cursor)) a->total = all;
}

void sleeper__repr_attributes_as(struct sleeper__repr *r, address_t object, bool in_python_only) {
  struct attributes a = {.open = false};
  slots_as(r, object, in_python_only, &a);
  dict_as(r, object, &a);
  if (a.open) sleeper__text_char_as('}');
  if (a.shown < a.total) sleeper__repr_cut_as(r, r->depth - 1, a.shown, a.total);
}

/* Values to which a class can add attributes, and exceptions; all others have none, or print them. */
static bool may_have_attributes_as(const struct sleeper__object *object) {
  enum sleeper__kind kind = object->kind;
  if (kind == SLEEPER_KIND_EXCEPTION) return true;
  /* 2.7's is written in Python: its attributes are how it keeps its order. */
  if (!SINCE(3, 0) && sleeper__type_is_as(object->type, "collections", "OrderedDict")) return false;
  return !object->exact &&
         ((kind >= SLEEPER_KIND_INT && kind <= SLEEPER_KIND_FROZENSET) || kind == SLEEPER_KIND_DEQUE ||
          (kind >= SLEEPER_KIND_DATE && kind <= SLEEPER_KIND_TIMEDELTA));
}

__attribute__((noinline)) bool sleeper__repr_has_attributes_as(const struct sleeper__object *object) {
  struct sleeper__dict_cursor dict;
  struct sleeper__slot_cursor slots;
  char name[MAX_NAME];
  address_t key, value;
  if (!may_have_attributes_as(object)) return false;
  if (sleeper__attributes_begin_as(object->address, &dict) && sleeper__dict_next_as(&dict, &key, &value))
    return true;
  sleeper__slots_begin_as(object->address, &slots);
  slots.in_python_only = true;
  return sleeper__slots_next_as(&slots, name, sizeof name, &value);
}
