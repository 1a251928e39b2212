#include "asyncio_locks.h"

#include "locks.h"

static bool is_lock_as(const struct sleeper__object *object) {
  return object->kind == SLEEPER_KIND_INSTANCE && sleeper__type_is_as(object->type, "asyncio.locks", "Lock");
}

bool sleeper__asyncio_lock_behind_as(address_t address, address_t *lock) {
  struct sleeper__object object, inner;
  if (!sleeper__bound_to_as(address, &object) || object.kind != SLEEPER_KIND_INSTANCE) return false;
  *lock = object.address;
  if (is_lock_as(&object)) return true;
  return sleeper__type_is_as(object.type, "asyncio.locks", "Condition") &&
         sleeper__attribute_as(object.address, "_lock", lock) && sleeper__object_as(*lock, &inner) &&
         is_lock_as(&inner);
}
