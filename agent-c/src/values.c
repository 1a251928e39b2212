#include "values.h"

#include "locks.h"
#include "memo.h"
#include "repr.h"
#include "writer.h"

#define MAX_NAME 512
/* Tells values from the places that are remembered by their code: no line is 2^31. */
#define VALUE_VARIANT ((uint64_t)1 << 31)
#define TYPE_VARIANT (VALUE_VARIANT + 1)

static void error_as(address_t address, const char *message) {
  sleeper__json_string_as("error", message);
  sleeper__json_address_as("address", address);
}

static __attribute__((noinline)) void type_members_as(address_t type) {
  char name[MAX_NAME];
  if (sleeper__memo_repeat_as(type, TYPE_VARIANT)) return;
  size_t begin = sleeper__memo_begin_as();
  sleeper__json_string_as("type", sleeper__type_name_as(type, name, sizeof name) ? name : "?");
  if (sleeper__type_module_as(type, name, sizeof name)) sleeper__json_string_as("typeModule", name);
  sleeper__memo_end_as(type, TYPE_VARIANT, begin);
}

static void truncated_member_as(const struct sleeper__repr *r) {
  if (!r->cut && !r->nested_cut) return;
  sleeper__json_object_begin_as("truncated");
  if (r->cut) {
    sleeper__json_uint_as("shown", r->shown);
    sleeper__json_uint_as("total", r->total);
  }
  if (r->nested_cut) sleeper__json_bool_as("nested", true);
  sleeper__json_object_end_as();
}

/* False when the object cannot be read, which the members then say. */
static bool members_as(address_t address) {
  struct sleeper__object object;
  struct sleeper__repr r;
  if (address == 0) {
    error_as(address, "no object");
    return false;
  }
  if (!sleeper__object_as(address, &object)) {
    error_as(address, "not a readable object");
    return false;
  }
  struct sleeper__mark mark = sleeper__writer_mark_as();
  r.depth = 0;
  r.unreadable = r.cut = r.nested_cut = false;
  r.shown = r.total = 0;
  type_members_as(object.type);
  sleeper__json_address_as("address", address);
  sleeper__json_string_begin_as("repr");
  sleeper__repr_object_as(&r, address);
  sleeper__json_string_end_as();
  if (r.unreadable) {
    sleeper__writer_rewind_as(mark);
    error_as(address, "the object's memory contradicts itself");
    return false;
  }
  sleeper__json_string_as("how", "raw");
  truncated_member_as(&r);
  sleeper__lock_member_as(&object);
  return true;
}

bool sleeper__value_members_as(address_t address) {
  if (sleeper__memo_repeat_as(address, VALUE_VARIANT)) return true;
  size_t begin = sleeper__memo_begin_as();
  if (!members_as(address)) return false;
  sleeper__memo_end_as(address, VALUE_VARIANT, begin);
  return true;
}
