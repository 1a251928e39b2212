#include "asyncio_statics36.h"

#include "layout.h"
#include "objects.h"

/* The variables lie behind the type in the memory of the library; that has some 3 KB of them. */
#define MAX_WORDS 4096

static bool is_loop_as(address_t address) {
  address_t value;
  return sleeper__attribute_as(address, "_selector", &value) ||
         sleeper__attribute_as(address, "_ready", &value);
}

/* Only event loops are its keys. An empty one tells nothing, and nobody misses it. */
static bool is_current_tasks_as(address_t dict) {
  struct sleeper__dict_cursor cursor;
  address_t key, value;
  return sleeper__dict_begin_as(dict, &cursor) && sleeper__dict_next_as(&cursor, &key, &value) &&
         is_loop_as(key);
}

bool sleeper__statics36_find_as(address_t module, address_t *all_tasks, address_t *current_tasks) {
  struct sleeper__object object;
  address_t type, address;
  if (!sleeper__dict_get_as(module, "Task", &type)) return false;
  for (uint32_t i = 0; i < MAX_WORDS; i++) {
    if (!sleeper__read_pointer_as(type + i * sizeof(address_t), &address)) return false;
    if (!sleeper__object_as(address, &object)) continue;
    if (all_tasks != NULL && object.kind == SLEEPER_KIND_INSTANCE &&
        sleeper__type_is_as(object.type, "_weakrefset", "WeakSet")) {
      *all_tasks = address;
      return true;
    }
    if (current_tasks != NULL && object.kind == SLEEPER_KIND_DICT && is_current_tasks_as(address)) {
      *current_tasks = address;
      return true;
    }
  }
  return false;
}
