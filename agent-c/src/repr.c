#include "repr.h"

#include "limits.h"
#include "printable.h"
#include "text.h"
#include "writer.h"

#define MAX_NAME 200 /* of a type or a module */
/* Longer qualified names are cut. */
#define MAX_NAME_CHARACTERS 200

bool sleeper__repr_room_as(void) {
  return !sleeper__writer_full_as() && sleeper__text_length_as() < sleeper__limits.max_repr;
}

uint64_t sleeper__repr_bytes_left_as(void) {
  return sleeper__repr_room_as() ? sleeper__limits.max_repr - sleeper__text_length_as() : 0;
}

bool sleeper__repr_enter_as(struct sleeper__repr *r, address_t address, const char *instead) {
  bool stop =
      r->depth >= sleeper__limits.max_depth || r->depth >= SLEEPER_REPR_MAX_DEPTH || !sleeper__repr_room_as();
  for (uint32_t i = 0; i < r->depth && !stop; i++) stop = r->open[i] == address;
  if (stop) {
    sleeper__text_ascii_as(instead);
    r->nested_cut = true;
    return false;
  }
  r->open[r->depth++] = address;
  return true;
}

void sleeper__repr_leave_as(struct sleeper__repr *r) {
  r->depth--;
}

bool sleeper__repr_next_as(uint64_t shown) {
  if (shown > 0) sleeper__text_ascii_as(", ");
  if (shown < sleeper__limits.max_items && sleeper__repr_room_as()) return true;
  sleeper__text_ascii_as("...");
  return false;
}

void sleeper__repr_cut_as(struct sleeper__repr *r, uint32_t level, uint64_t shown, uint64_t total) {
  if (level > 0) {
    r->nested_cut = true;
  } else {
    r->cut = true;
    r->shown = shown;
    r->total = total;
  }
}

void sleeper__repr_unreadable_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  if (r->depth == 0) r->unreadable = true;
  sleeper__text_ascii_as("<unreadable ");
  sleeper__repr_type_as(object->type);
  sleeper__repr_at_as(object->address);
  sleeper__text_char_as('>');
}

void sleeper__repr_char_as(uint32_t c, bool ascii) {
  unsigned digits;
  if (c < 0x7f ? c >= 0x20 : !ascii && sleeper__printable_as(c)) {
    sleeper__text_char_as(c);
    return;
  }
  sleeper__text_char_as('\\');
  if (c == '\t' || c == '\n' || c == '\r') {
    sleeper__text_char_as(c == '\t' ? 't' : c == '\n' ? 'n' : 'r');
    return;
  }
  digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
  sleeper__text_char_as(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
  sleeper__text_hex_as(c, digits);
}

/* Expects what sleeper__string_as and the like have made: the text is cut at a character. */
void sleeper__repr_plain_as(const char *utf8) {
  const unsigned char *p = (const unsigned char *)utf8;
  while (*p != 0) {
    unsigned more = *p >= 0xf0 && *p < 0xf5   ? 3
                    : *p >= 0xe0 && *p < 0xf0 ? 2
                    : *p >= 0xc2 && *p < 0xe0 ? 1
                                              : 0;
    uint32_t c = more == 0 ? (*p < 0x80 ? *p : 0xfffd) : *p & (0x3fu >> more);
    for (p++; more > 0; more--, p++) {
      if ((*p & 0xc0) != 0x80) {
        c = 0xfffd;
        break;
      }
      c = c << 6 | (*p & 0x3f);
    }
    sleeper__repr_char_as(c, false);
  }
}

void sleeper__repr_name_as(address_t string) {
  struct sleeper__object object;
  struct sleeper__text text;
  uint32_t character;
  uint64_t index = 0;
  if (!sleeper__object_as(string, &object) ||
      (object.kind != SLEEPER_KIND_STR && object.kind != SLEEPER_KIND_BYTES) ||
      !sleeper__text_open_as(&object, &text)) {
    sleeper__text_char_as('?');
    return;
  }
  for (int i = 0; index < text.length; i++) {
    if (i == MAX_NAME_CHARACTERS || !sleeper__text_next_as(&text, &index, &character)) {
      sleeper__text_ascii_as("...");
      break;
    }
    sleeper__repr_char_as(character, false);
  }
}

/* Not inlined: else its buffer would lie on the stack once for each level of nesting. */
__attribute__((noinline)) void sleeper__repr_type_as(address_t type) {
  char name[MAX_NAME];
  if (sleeper__type_module_as(type, name, sizeof name)) {
    sleeper__repr_plain_as(name);
    sleeper__text_char_as('.');
  }
  if (!sleeper__type_qualname_as(type, name, sizeof name)) name[0] = '?', name[1] = 0;
  sleeper__repr_plain_as(name);
}

__attribute__((noinline)) bool sleeper__repr_subclass_as(const struct sleeper__object *object) {
  char name[MAX_NAME];
  if (object->exact || !sleeper__type_name_as(object->type, name, sizeof name)) return false;
  sleeper__repr_plain_as(name);
  sleeper__text_char_as('(');
  return true;
}

void sleeper__repr_at_as(address_t address) {
  sleeper__text_ascii_as(" at 0x");
  sleeper__text_hex_as(address, 1);
}

static void bool_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  int64_t value;
  if (!sleeper__int_as(object->address, &value)) {
    sleeper__repr_unreadable_as(r, object);
  } else {
    sleeper__text_ascii_as(value != 0 ? "True" : "False");
  }
}

static void write_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  switch (object->kind) {
  case SLEEPER_KIND_UNKNOWN: break;
  case SLEEPER_KIND_NONE: sleeper__text_ascii_as("None"); break;
  case SLEEPER_KIND_ELLIPSIS: sleeper__text_ascii_as("Ellipsis"); break;
  case SLEEPER_KIND_NOT_IMPLEMENTED: sleeper__text_ascii_as("NotImplemented"); break;
  case SLEEPER_KIND_BOOL: bool_as(r, object); break;
  case SLEEPER_KIND_INT:
  case SLEEPER_KIND_LONG: sleeper__repr_int_as(r, object); break;
  case SLEEPER_KIND_FLOAT: sleeper__repr_float_as(r, object); break;
  case SLEEPER_KIND_COMPLEX: sleeper__repr_complex_as(r, object); break;
  case SLEEPER_KIND_STR:
  case SLEEPER_KIND_BYTES:
  case SLEEPER_KIND_BYTEARRAY: sleeper__repr_text_as(r, object); break;
  case SLEEPER_KIND_LIST: sleeper__repr_list_as(r, object); break;
  case SLEEPER_KIND_TUPLE: sleeper__repr_tuple_as(r, object); break;
  case SLEEPER_KIND_DICT: sleeper__repr_dict_as(r, object); break;
  case SLEEPER_KIND_SET:
  case SLEEPER_KIND_FROZENSET: sleeper__repr_set_as(r, object); break;
  case SLEEPER_KIND_RANGE: sleeper__repr_range_as(r, object); break;
  case SLEEPER_KIND_SLICE: sleeper__repr_slice_as(r, object); break;
  case SLEEPER_KIND_DEQUE: sleeper__repr_deque_as(r, object); break;
  case SLEEPER_KIND_CELL: sleeper__repr_cell_as(r, object); break;
  case SLEEPER_KIND_FUNCTION:
  case SLEEPER_KIND_METHOD:
  case SLEEPER_KIND_BUILTIN: sleeper__repr_callable_as(r, object); break;
  case SLEEPER_KIND_TYPE:
  case SLEEPER_KIND_OLD_CLASS: sleeper__repr_class_as(r, object); break;
  case SLEEPER_KIND_OLD_INSTANCE:
  case SLEEPER_KIND_INSTANCE: sleeper__repr_instance_as(r, object); break;
  case SLEEPER_KIND_MODULE: sleeper__repr_module_as(r, object); break;
  case SLEEPER_KIND_GENERATOR:
  case SLEEPER_KIND_COROUTINE:
  case SLEEPER_KIND_ASYNC_GENERATOR: sleeper__repr_generator_as(r, object); break;
  case SLEEPER_KIND_CODE: sleeper__repr_code_as(r, object); break;
  case SLEEPER_KIND_FRAME: sleeper__repr_frame_as(r, object); break;
  case SLEEPER_KIND_EXCEPTION: sleeper__repr_exception_as(r, object); break;
  case SLEEPER_KIND_LOCK:
  case SLEEPER_KIND_RLOCK: sleeper__repr_lock_as(r, object); break;
  case SLEEPER_KIND_WEAKREF: sleeper__repr_weakref_as(r, object); break;
  case SLEEPER_KIND_DATE: sleeper__repr_date_as(r, object); break;
  case SLEEPER_KIND_TIME: sleeper__repr_time_as(r, object); break;
  case SLEEPER_KIND_DATETIME: sleeper__repr_datetime_as(r, object); break;
  case SLEEPER_KIND_TIMEDELTA: sleeper__repr_timedelta_as(r, object); break;
  case SLEEPER_KIND_TIMEZONE: sleeper__repr_timezone_as(r, object); break;
  case SLEEPER_KIND_NDARRAY: sleeper__repr_ndarray_as(r, object); break;
  case SLEEPER_KIND_NUMPY_SCALAR: sleeper__repr_numpy_scalar_as(r, object); break;
  case SLEEPER_KIND_FUTURE:
  case SLEEPER_KIND_TASK: sleeper__repr_future_as(r, object); break;
  }
}

void sleeper__repr_object_as(struct sleeper__repr *r, address_t address) {
  struct sleeper__object object;
  if (!sleeper__object_as(address, &object)) {
    if (address == 0) {
      sleeper__text_ascii_as("<NULL>");
    } else {
      sleeper__text_ascii_as("<unreadable");
      sleeper__repr_at_as(address);
      sleeper__text_char_as('>');
    }
    if (r->depth == 0) r->unreadable = true;
    return;
  }
  if ((!object.exact || object.kind == SLEEPER_KIND_INSTANCE) && sleeper__repr_enum_as(r, &object)) return;
  if (!sleeper__repr_has_attributes_as(&object)) {
    write_as(r, &object);
    return;
  }
  sleeper__text_char_as('<');
  write_as(r, &object);
  if (sleeper__repr_enter_as(r, address, " {...}")) {
    sleeper__repr_attributes_as(r, address, true);
    sleeper__repr_leave_as(r);
  }
  sleeper__text_char_as('>');
}
