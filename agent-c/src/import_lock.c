#include "import_lock.h"

#include "layout.h"
#include "limits.h"
#include "statics.h"
#include "writer.h"

#define LOWEST_ADDRESS 4096

static bool is_thread_as(const struct sleeper__interpreter *interpreter, uint64_t ident) {
  address_t state;
  uint64_t own;
  if (ident < LOWEST_ADDRESS ||
      !sleeper__read_pointer_as(AT(interpreter->address, interp_threads_head), &state))
    return false;
  for (uint32_t i = 0; state != 0 && i < sleeper__limits.max_threads; i++) {
    if (!sleeper__read_u64_as(AT(state, tstate_thread_id), &own)) return false;
    if (own == ident) return true;
    if (!sleeper__read_pointer_as(AT(state, tstate_next), &state)) return false;
  }
  return false;
}

/* Of the variables that _PyImport_ReleaseLock() works on (Python/import.c) the one that has the ident of a
 * thread is import_lock_thread, and the first that points to memory import_lock: import_lock_level is a small
 * number, and further ones are those of the function behind it. */
static bool find_as(const struct sleeper__interpreter *interpreter, uint64_t *owner, uint64_t *lock) {
  uint64_t value;
  *owner = *lock = 0;
  for (uint32_t i = 0; sleeper__static_import_lock_as(i, &value); i++) {
    if (is_thread_as(interpreter, value))
      *owner = value;
    else if (*lock == 0 && value >= LOWEST_ADDRESS && sleeper__readable_as(value, sizeof(uint32_t)))
      *lock = value;
  }
  return *owner != 0 && *lock != 0;
}

void sleeper__import_lock_write_as(const struct sleeper__interpreter *interpreter) {
  uint64_t owner, lock;
  if (SINCE(3, 0) || !find_as(interpreter, &owner, &lock)) {
    sleeper__json_null_as("importLock");
    return;
  }
  sleeper__json_object_begin_as("importLock");
  sleeper__json_address_as("futex", lock);
  sleeper__json_uint_as("owner", owner);
  sleeper__json_object_end_as();
}
