#include "gil.h"

#include <pthread.h>

#include "accessor.h"
#include "layout.h"
#include "statics.h"
#include "symbols.h"
#include "writer.h"

/* struct _gil_runtime_state: in _PyRuntime from 3.7 to 3.11, behind a pointer of the interpreter from
 * 3.12 on; before 3.7 static variables of Python/ceval_gil.h, which nothing exports. */
static bool gil_as(address_t interpreter, address_t *gil) {
  if (HAS(interp_gil)) return sleeper__read_pointer_as(AT(interpreter, interp_gil), gil) && *gil != 0;
  if (!HAS(runtime_gil)) return false;
  *gil = AT(sleeper__symbols._PyRuntime, runtime_gil);
  return true;
}

/* Until 3.11 the current thread state is the one that holds the GIL: take_gil() is followed by its
 * being set, drop_gil() preceded by its being cleared. From 3.12 on it is thread-local, and
 * gil->last_holder is the holder for as long as gil->locked is 1. */
address_t sleeper__gil_holder_as(address_t interpreter) {
  address_t holder = 0;
  if (sleeper__symbols._PyThreadState_Current != 0 && !SINCE(3, 7)) {
    sleeper__read_pointer_as(sleeper__symbols._PyThreadState_Current, &holder);
  } else if (HAS(runtime_tstate_current)) {
    sleeper__read_pointer_as(AT(sleeper__symbols._PyRuntime, runtime_tstate_current), &holder);
  } else {
    address_t gil;
    int32_t locked;
    if (gil_as(interpreter, &gil) && sleeper__read_i32_as(AT(gil, gil_locked), &locked) && locked == 1)
      sleeper__read_pointer_as(AT(gil, gil_last_holder), &holder);
  }
  return holder;
}

/* Behind the condition lie its mutex, the condition of who has just let go of the GIL and waits for another
 * thread to take it, and the mutex of that (FORCE_SWITCHING, Include/internal/pycore_gil.h). */
static uint32_t locks_bytes_as(void) {
  return 2 * (sleeper__layout.gil_cond_bytes + (uint32_t)sizeof(pthread_mutex_t));
}

address_t sleeper__gil_locks_as(address_t interpreter, uint32_t *bytes) {
  address_t gil, start;
  if (sleeper__static_gil_as(&start, bytes)) return start;
  if (!gil_as(interpreter, &gil)) return 0;
  *bytes = locks_bytes_as();
  return AT(gil, gil_cond);
}

static void write_interval_as(address_t gil) {
  uint64_t interval;
  uintptr_t accessor = sleeper__symbols._PyEval_GetSwitchInterval;
  if (gil != 0 && sleeper__read_u64_as(AT(gil, gil_interval), &interval))
    sleeper__json_uint_as("switchIntervalUs", interval);
  else if (accessor != 0 && !SINCE(3, 7))
    sleeper__json_uint_as("switchIntervalUs", sleeper__call_accessor_as(accessor));
  else
    sleeper__json_null_as("switchIntervalUs");
}

void sleeper__gil_write_as(address_t interpreter) {
  address_t gil = 0;
  if (!gil_as(interpreter, &gil)) gil = 0;
  address_t holder = sleeper__gil_holder_as(interpreter);
  int32_t locked;
  sleeper__json_object_begin_as("gil");
  if (gil != 0 && sleeper__read_i32_as(AT(gil, gil_locked), &locked))
    sleeper__json_bool_as("locked", locked == 1);
  else
    sleeper__json_bool_as("locked", holder != 0);
  if (holder != 0)
    sleeper__json_address_as("holder", holder);
  else
    sleeper__json_null_as("holder");
  uint32_t bytes;
  address_t locks = sleeper__gil_locks_as(interpreter, &bytes);
  if (locks != 0) {
    sleeper__json_address_as("locks", locks);
    sleeper__json_uint_as("locksBytes", bytes);
  } else {
    sleeper__json_null_as("locks");
    sleeper__json_null_as("locksBytes");
  }
  write_interval_as(gil);
  sleeper__json_object_end_as();
}
