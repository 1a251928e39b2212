#include "contained_locks.h"

#include "budget.h"
#include "layout.h"
#include "locks.h"
#include "values.h"
#include "writer.h"

/* Of more elements the rest is not looked at: the process stands still meanwhile. No fewer than are printed
 * of a variable: else it would seem that who has it in one alone can get at a lock. */
#define MAX_ELEMENTS 128u
/* An element with more is no object that keeps a lock for a key. */
#define MAX_ATTRIBUTES 16u
/* Containers that are remembered to have no locks: most have none, and many functions name the same ones. */
#define MAX_BARREN 512u

static struct {
  address_t container;
  uint64_t request;
} barren[MAX_BARREN];

static uint32_t place_as(address_t container) {
  return (uint32_t)((container * 0x9E3779B97F4A7C15u) >> 32) % MAX_BARREN;
}

bool sleeper__is_container_as(const struct sleeper__object *object) {
  return object->kind == SLEEPER_KIND_DICT || object->kind == SLEEPER_KIND_LIST ||
         object->kind == SLEEPER_KIND_TUPLE;
}

/* A lock that is free is waited for by nobody. */
static bool may_be_waited_for_as(address_t lock) {
  struct sleeper__object object;
  struct sleeper__lock state;
  return sleeper__object_as(lock, &object) && (!sleeper__lock_state_as(&object, &state) || state.locked);
}

static bool write_lock_as(address_t value, bool *any) {
  address_t lock;
  if (!sleeper__lock_behind_as(value, &lock)) return false;
  if (!may_be_waited_for_as(lock)) return true;
  if (!*any) sleeper__json_array_begin_as("containedLocks");
  *any = true;
  sleeper__json_address_as(NULL, lock);
  return true;
}

/* False when it has nothing to do with locks. */
static bool write_element_as(address_t value, bool *any) {
  struct sleeper__object object;
  struct sleeper__dict_cursor cursor;
  address_t name, attribute;
  bool found = false;
  if (!sleeper__object_as(value, &object)) return false;
  /* As the values of a WeakValueDictionary are. */
  if (object.kind == SLEEPER_KIND_WEAKREF &&
      (!sleeper__read_pointer_as(AT(value, weakref_object), &value) || !sleeper__object_as(value, &object)))
    return false;
  if (write_lock_as(value, any)) return true;
  if ((object.kind != SLEEPER_KIND_INSTANCE && object.kind != SLEEPER_KIND_OLD_INSTANCE) ||
      !sleeper__attributes_begin_as(value, &cursor) || cursor.used > MAX_ATTRIBUTES)
    return false;
  while (sleeper__budget_element_as() && sleeper__dict_next_as(&cursor, &name, &attribute))
    found = write_lock_as(attribute, any) || found;
  return found;
}

static bool write_elements_of_dict_as(address_t dict, bool *any) {
  struct sleeper__dict_cursor cursor;
  address_t key, value;
  bool found = false;
  if (!sleeper__dict_begin_as(dict, &cursor)) return false;
  for (uint32_t i = 0;
       i < MAX_ELEMENTS && sleeper__budget_element_as() && sleeper__dict_next_as(&cursor, &key, &value); i++)
    found = write_element_as(value, any) || found;
  return found;
}

static bool write_elements_as(const struct sleeper__object *container, bool *any) {
  address_t items, item;
  int64_t size;
  bool found = false;
  if (container->kind == SLEEPER_KIND_DICT) return write_elements_of_dict_as(container->address, any);
  if (!sleeper__object_size_as(container->address, &size)) return false;
  items = AT(container->address, tuple_items);
  if (container->kind == SLEEPER_KIND_LIST &&
      !sleeper__read_pointer_as(AT(container->address, list_items), &items))
    return false;
  for (int64_t i = 0; i < size && i < MAX_ELEMENTS && sleeper__budget_element_as() &&
                      sleeper__read_pointer_as(items + (address_t)i * sizeof(address_t), &item);
       i++)
    found = write_element_as(item, any) || found;
  return found;
}

void sleeper__contained_locks_write_as(const address_t *containers, uint32_t count) {
  struct sleeper__object object;
  bool any = false;
  for (uint32_t i = 0; i < count && !sleeper__writer_full_as(); i++) {
    uint32_t place = place_as(containers[i]);
    if (barren[place].container == containers[i] && barren[place].request == sleeper__request) continue;
    if (!sleeper__object_as(containers[i], &object) || write_elements_as(&object, &any)) continue;
    barren[place].container = containers[i];
    barren[place].request = sleeper__request;
  }
  if (any) sleeper__json_array_end_as();
}
