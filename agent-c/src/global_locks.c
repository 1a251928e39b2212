#include "global_locks.h"

#include "contained_locks.h"
#include "dicts.h"
#include "layout.h"
#include "locks.h"
#include "values.h"
#include "writer.h"

#define MAX_NAMES 256
#define MAX_NAME 128
/* An instance of more is a registry, but no object that has a lock. */
#define MAX_ATTRIBUTES 64

/* What is found beside locks: containers, which may have some. */
struct containers {
  address_t found[SLEEPER_MAX_CONTAINERS];
  uint32_t count;
};

static void note_as(const struct sleeper__object *object, struct containers *containers) {
  if (sleeper__is_container_as(object) && containers->count < SLEEPER_MAX_CONTAINERS)
    containers->found[containers->count++] = object->address;
}

static void write_lock_as(address_t object, address_t lock, bool *any) {
  if (!*any) sleeper__json_array_begin_as("globalLocks");
  *any = true;
  sleeper__lock_behind_write_as(object, lock);
}

static void write_locks_in_as(address_t value, bool *any, struct containers *containers) {
  struct sleeper__object object, inside;
  struct sleeper__dict_cursor cursor;
  address_t name, attribute, lock;
  if (sleeper__lock_behind_as(value, &lock)) {
    write_lock_as(value, lock, any);
    return;
  }
  if (!sleeper__object_as(value, &object)) return;
  note_as(&object, containers);
  if ((object.kind != SLEEPER_KIND_INSTANCE && object.kind != SLEEPER_KIND_OLD_INSTANCE) ||
      !sleeper__attributes_begin_as(value, &cursor) || cursor.used > MAX_ATTRIBUTES)
    return;
  while (sleeper__dict_next_as(&cursor, &name, &attribute))
    if (sleeper__lock_behind_as(attribute, &lock))
      write_lock_as(attribute, lock, any);
    else if (sleeper__object_as(attribute, &inside))
      note_as(&inside, containers);
}

/* The module threading has all threads in a dict, each with locks of its own, and is in the stack of each. */
static bool is_of_threads_as(const struct sleeper__dict_cursor *globals) {
  address_t name;
  return sleeper__dict_find_name_as(globals, "__name__", &name) &&
         sleeper__string_equals_as(name, "threading");
}

/* co_names has the names of globals, of attributes and of modules that are imported. */
void sleeper__global_locks_write_as(const struct sleeper__frame *frame) {
  struct sleeper__dict_cursor globals;
  struct containers containers = {.count = 0};
  address_t names, name, value;
  char text[MAX_NAME];
  int64_t count;
  bool any = false;
  if (!sleeper__read_pointer_as(AT(frame->code, code_names), &names) ||
      !sleeper__object_size_as(names, &count) || count > MAX_NAMES ||
      !sleeper__dict_begin_as(frame->globals, &globals))
    return;
  for (int64_t i = 0; i < count; i++) {
    if (!sleeper__read_pointer_as(AT(names, tuple_items) + (address_t)i * sizeof(address_t), &name)) break;
    if (sleeper__string_as(name, text, sizeof text) && sleeper__dict_find_name_as(&globals, text, &value))
      write_locks_in_as(value, &any, &containers);
  }
  if (any) sleeper__json_array_end_as();
  if (containers.count > 0 && !is_of_threads_as(&globals))
    sleeper__contained_locks_write_as(containers.found, containers.count);
}
