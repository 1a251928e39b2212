/* repr_sequences.c: list, tuple, deque, range, slice. */
#include "deques.h"
#include "layout.h"
#include "repr.h"
#include "writer.h"

#define MAX_SIZE ((int64_t)1 << 47)

/* Writes `total` pointers that lie one after the other; the container is entered. */
static void elements_as(struct sleeper__repr *r, address_t items, uint64_t total) {
  uint64_t shown = 0;
  address_t item;
  for (; shown < total; shown++) {
    if (!sleeper__repr_next_as(shown)) break;
    if (!sleeper__read_pointer_as(items + shown * sizeof(void *), &item)) {
      sleeper__text_ascii_as("<unreadable>");
      break;
    }
    sleeper__repr_object_as(r, item);
  }
  if (shown < total) sleeper__repr_cut_as(r, r->depth - 1, shown, total);
}

void sleeper__repr_list_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  int64_t size;
  address_t items;
  if (!sleeper__object_size_as(object->address, &size) || size < 0 || size > MAX_SIZE ||
      !sleeper__read_pointer_as(AT(object->address, list_items), &items)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  bool close = sleeper__repr_subclass_as(object);
  if (size == 0) {
    sleeper__text_ascii_as("[]");
  } else if (sleeper__repr_enter_as(r, object->address, "[...]")) {
    sleeper__text_char_as('[');
    elements_as(r, items, (uint64_t)size);
    sleeper__text_char_as(']');
    sleeper__repr_leave_as(r);
  }
  if (close) sleeper__text_char_as(')');
}

void sleeper__repr_plain_tuple_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  int64_t size;
  if (!sleeper__object_size_as(object->address, &size) || size < 0 || size > MAX_SIZE) {
    sleeper__repr_unreadable_as(r, object);
  } else if (size == 0) {
    sleeper__text_ascii_as("()");
  } else if (sleeper__repr_enter_as(r, object->address, "(...)")) {
    sleeper__text_char_as('(');
    elements_as(r, AT(object->address, tuple_items), (uint64_t)size);
    sleeper__text_ascii_as(size == 1 ? ",)" : ")");
    sleeper__repr_leave_as(r);
  }
}

/* The `_fields` of a class made by collections.namedtuple. */
static bool fields_as(address_t type, int64_t size, address_t *items) {
  struct sleeper__object fields;
  address_t dict, value;
  int64_t count;
  if (!sleeper__read_pointer_as(AT(type, type_dict), &dict) ||
      !sleeper__dict_get_as(dict, "_fields", &value) || !sleeper__object_as(value, &fields) ||
      fields.kind != SLEEPER_KIND_TUPLE || !sleeper__object_size_as(value, &count) || count != size)
    return false;
  *items = AT(value, tuple_items);
  return true;
}

static void named_tuple_as(struct sleeper__repr *r, const struct sleeper__object *object, address_t fields,
                           uint64_t size) {
  uint64_t shown = 0;
  address_t field, item;
  for (; shown < size; shown++) {
    if (!sleeper__repr_next_as(shown) || !sleeper__read_pointer_as(fields + shown * sizeof(void *), &field) ||
        !sleeper__read_pointer_as(AT(object->address, tuple_items) + shown * sizeof(void *), &item))
      break;
    sleeper__repr_name_as(field);
    sleeper__text_char_as('=');
    sleeper__repr_object_as(r, item);
  }
  if (shown < size) sleeper__repr_cut_as(r, r->depth - 1, shown, size);
}

void sleeper__repr_tuple_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  int64_t size;
  address_t fields;
  bool close = sleeper__repr_subclass_as(object);
  if (!close || !sleeper__object_size_as(object->address, &size) || size < 0 || size > MAX_SIZE ||
      !fields_as(object->type, size, &fields)) {
    sleeper__repr_plain_tuple_as(r, object);
  } else if (sleeper__repr_enter_as(r, object->address, "...")) {
    named_tuple_as(r, object, fields, (uint64_t)size);
    sleeper__repr_leave_as(r);
  }
  if (close) sleeper__text_char_as(')');
}

static void deque_elements_as(struct sleeper__repr *r, struct sleeper__deque_cursor *deque) {
  uint64_t shown = 0;
  address_t item;
  for (; shown < deque->size; shown++) {
    if (!sleeper__repr_next_as(shown)) break;
    if (!sleeper__deque_next_as(deque, &item)) {
      sleeper__text_ascii_as("<unreadable>");
      break;
    }
    sleeper__repr_object_as(r, item);
  }
  if (shown < deque->size) sleeper__repr_cut_as(r, r->depth - 1, shown, deque->size);
}

void sleeper__repr_deque_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  struct sleeper__deque_cursor deque;
  if (!sleeper__deque_begin_as(object->address, &deque)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  bool close = sleeper__repr_subclass_as(object);
  if (!close) sleeper__text_ascii_as("deque(");
  if (deque.size == 0) {
    sleeper__text_ascii_as("[]");
  } else if (sleeper__repr_enter_as(r, object->address, "[...]")) {
    sleeper__text_char_as('[');
    deque_elements_as(r, &deque);
    sleeper__text_char_as(']');
    sleeper__repr_leave_as(r);
  }
  if (deque.max_size >= 0) {
    sleeper__text_ascii_as(", maxlen=");
    sleeper__text_int_as(deque.max_size);
  }
  sleeper__text_char_as(')');
}

/* xrange_repr of 2.7, Objects/rangeobject.c */
static void xrange_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  int64_t start, step, length;
  if (!sleeper__read_i64_as(AT(object->address, xrange_start), &start) ||
      !sleeper__read_i64_as(AT(object->address, xrange_step), &step) ||
      !sleeper__read_i64_as(AT(object->address, xrange_len), &length)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  sleeper__text_ascii_as("xrange(");
  if (start != 0 || step != 1) {
    sleeper__text_int_as(start);
    sleeper__text_ascii_as(", ");
  }
  sleeper__text_int_as((int64_t)((uint64_t)start + (uint64_t)length * (uint64_t)step));
  if (step != 1) {
    sleeper__text_ascii_as(", ");
    sleeper__text_int_as(step);
  }
  sleeper__text_char_as(')');
}

/* An int, which cannot lead back here: it need not count as a level of nesting. */
static bool bound_as(struct sleeper__repr *r, address_t field) {
  struct sleeper__object bound;
  address_t address;
  if (!sleeper__read_pointer_as(field, &address) || !sleeper__object_as(address, &bound) ||
      (bound.kind != SLEEPER_KIND_LONG && bound.kind != SLEEPER_KIND_BOOL))
    return false;
  sleeper__repr_int_as(r, &bound);
  return true;
}

void sleeper__repr_range_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  address_t step;
  int64_t value;
  if (HAS(xrange_start)) {
    xrange_as(r, object);
    return;
  }
  r->depth++; /* a cut of a bound is one inside */
  sleeper__text_ascii_as("range(");
  bool ok = bound_as(r, AT(object->address, range_start));
  sleeper__text_ascii_as(", ");
  ok = ok && bound_as(r, AT(object->address, range_stop));
  if (ok && sleeper__read_pointer_as(AT(object->address, range_step), &step) &&
      !(sleeper__int_as(step, &value) && value == 1)) {
    sleeper__text_ascii_as(", ");
    ok = bound_as(r, AT(object->address, range_step));
  }
  r->depth--;
  if (!ok) sleeper__repr_unreadable_as(r, object);
  sleeper__text_char_as(')');
}

void sleeper__repr_slice_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  address_t start, stop, step;
  if (!sleeper__read_pointer_as(AT(object->address, slice_start), &start) ||
      !sleeper__read_pointer_as(AT(object->address, slice_stop), &stop) ||
      !sleeper__read_pointer_as(AT(object->address, slice_step), &step)) {
    sleeper__repr_unreadable_as(r, object);
  } else if (sleeper__repr_enter_as(r, object->address, "slice(...)")) {
    sleeper__text_ascii_as("slice(");
    sleeper__repr_object_as(r, start);
    sleeper__text_ascii_as(", ");
    sleeper__repr_object_as(r, stop);
    sleeper__text_ascii_as(", ");
    sleeper__repr_object_as(r, step);
    sleeper__text_char_as(')');
    sleeper__repr_leave_as(r);
  }
}
