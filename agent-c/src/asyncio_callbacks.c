#include "asyncio_callbacks.h"

#include "layout.h"
#include "writer.h"

#define MAX_FUTURES 32
#define MAX_CALLBACKS 64
#define MAX_REFERENCES 16

static address_t found[MAX_FUTURES];
static uint32_t found_count;

static void note_as(address_t address) {
  struct sleeper__future future;
  if (!sleeper__future_as(address, &future) || future.is_task || future.state != SLEEPER_FUTURE_PENDING)
    return;
  for (uint32_t i = 0; i < found_count; i++)
    if (found[i] == address) return;
  if (found_count < MAX_FUTURES) found[found_count++] = address;
}

/* The elements of a tuple, or what is in the cells that its elements are. */
static void note_all_as(address_t tuple, bool in_cells) {
  int64_t size;
  address_t object;
  if (!sleeper__object_size_as(tuple, &size)) return;
  for (int64_t i = 0; i < size && i < MAX_REFERENCES; i++) {
    if (!sleeper__read_pointer_as(AT(tuple, tuple_items) + (address_t)i * sizeof(address_t), &object)) return;
    if (in_cells && !sleeper__read_pointer_as(AT(object, cell_value), &object)) return;
    note_as(object);
  }
}

static void look_through_function_as(address_t function) {
  struct sleeper__object closure;
  address_t address;
  if (sleeper__read_pointer_as(AT(function, function_closure), &address) &&
      sleeper__object_as(address, &closure) && closure.kind == SLEEPER_KIND_TUPLE)
    note_all_as(address, true);
}

/* gather(), wait() and shield() (Lib/asyncio/tasks.py) add functions that have the future in their closure,
 * in 3.6 within a functools.partial, wait_for() up to 3.11 one that has it as an argument, and a TaskGroup
 * (taskgroups.py) a method. */
static void look_through_callback_as(address_t callback) {
  struct sleeper__object object, inner;
  address_t part;
  if (!sleeper__object_as(callback, &object)) return;
  if (object.kind == SLEEPER_KIND_FUNCTION) {
    look_through_function_as(callback);
  } else if (object.kind == SLEEPER_KIND_METHOD) {
    if (sleeper__read_pointer_as(AT(callback, method_self), &part) &&
        sleeper__attribute_as(part, "_on_completed_fut", &part))
      note_as(part);
  } else if (sleeper__type_is_as(object.type, "functools", "partial")) {
    if (sleeper__read_pointer_as(AT(callback, partial_function), &part) && sleeper__object_as(part, &inner) &&
        inner.kind == SLEEPER_KIND_FUNCTION)
      look_through_function_as(part);
    if (sleeper__read_pointer_as(AT(callback, partial_arguments), &part) &&
        sleeper__object_as(part, &inner) && inner.kind == SLEEPER_KIND_TUPLE)
      note_all_as(part, false);
  }
}

/* From 3.7 on a callback in the list is a tuple, together with its context. */
static void look_through_list_as(address_t list) {
  struct sleeper__object object;
  address_t items, callback;
  int64_t size;
  if (!sleeper__object_size_as(list, &size) || !sleeper__read_pointer_as(AT(list, list_items), &items))
    return;
  for (int64_t i = 0; i < size && i < MAX_CALLBACKS; i++) {
    if (!sleeper__read_pointer_as(items + (address_t)i * sizeof(address_t), &callback) ||
        !sleeper__object_as(callback, &object))
      return;
    if (object.kind == SLEEPER_KIND_TUPLE && !sleeper__read_pointer_as(AT(callback, tuple_items), &callback))
      return;
    look_through_callback_as(callback);
  }
}

/* Is there any? What awaits a task is one, too. */
static bool look_through_as(const struct sleeper__future *future) {
  struct sleeper__object object;
  bool any = false;
  for (int i = 0; i < 2; i++) {
    if (future->callbacks[i] == 0 || !sleeper__object_as(future->callbacks[i], &object)) continue;
    if (object.kind == SLEEPER_KIND_LIST) {
      int64_t size;
      any |= sleeper__object_size_as(object.address, &size) && size > 0;
      look_through_list_as(object.address);
    } else if (object.kind != SLEEPER_KIND_NONE) {
      any = true;
      look_through_callback_as(object.address);
    }
  }
  return any;
}

void sleeper__callbacks_write_as(const struct sleeper__future *task) {
  struct sleeper__future future;
  found_count = 0;
  sleeper__json_bool_as("awaited", look_through_as(task));
  /* A gather() within a gather(): `found` grows meanwhile. */
  for (uint32_t i = 0; i < found_count; i++)
    if (sleeper__future_as(found[i], &future)) look_through_as(&future);
  sleeper__json_array_begin_as("completes");
  for (uint32_t i = 0; i < found_count; i++) sleeper__json_address_as(NULL, found[i]);
  sleeper__json_array_end_as();
}
