#include "asyncio_futures.h"

#include "layout.h"

static address_t object_or_zero_as(address_t field) {
  struct sleeper__object object;
  address_t value;
  return sleeper__read_pointer_as(field, &value) && sleeper__object_as(value, &object) &&
                 object.kind != SLEEPER_KIND_NONE
             ? value
             : 0;
}

/* Is the structure the one that the table knows? A subclass may have more behind it. */
static bool size_fits_as(const struct sleeper__object *object, bool is_task) {
  uint64_t size, expected = is_task ? sleeper__layout.task_bytes : sleeper__layout.future_bytes;
  return sleeper__read_u64_as(AT(object->type, type_basicsize), &size) &&
         (object->exact ? size == expected : size >= expected);
}

static address_t attribute_as(address_t object, const char *name) {
  struct sleeper__object found;
  address_t value;
  return sleeper__attribute_as(object, name, &value) && sleeper__object_as(value, &found) &&
                 found.kind != SLEEPER_KIND_NONE
             ? value
             : 0;
}

/* Lib/asyncio/tasks.py. In 3.6 this Task is a subclass of the Future in C. */
static void task_in_python_as(struct sleeper__future *future) {
  address_t address = future->object.address;
  future->coroutine = attribute_as(address, "_coro");
  future->is_task = future->coroutine != 0;
  if (!future->is_task) return;
  future->future = attribute_as(address, "_fut_waiter");
  future->name = attribute_as(address, "_name");
}

static bool in_c_as(struct sleeper__future *future) {
  address_t address = future->object.address;
  int32_t state;
  future->is_task = future->object.kind == SLEEPER_KIND_TASK;
  if (!HAS(future_state) || !size_fits_as(&future->object, future->is_task) ||
      !sleeper__read_i32_as(AT(address, future_state), &state))
    return false;
  if ((uint32_t)state == sleeper__layout.future_state_pending)
    future->state = SLEEPER_FUTURE_PENDING;
  else if ((uint32_t)state == sleeper__layout.future_state_cancelled)
    future->state = SLEEPER_FUTURE_CANCELLED;
  else if ((uint32_t)state == sleeper__layout.future_state_finished)
    future->state = SLEEPER_FUTURE_FINISHED;
  else
    return false;
  future->loop = object_or_zero_as(AT(address, future_loop));
  if (HAS(future_callback0)) future->callbacks[0] = object_or_zero_as(AT(address, future_callback0));
  future->callbacks[1] = object_or_zero_as(AT(address, future_callbacks));
  future->source_traceback = object_or_zero_as(AT(address, future_source_traceback));
  if (!future->is_task) {
    if (!future->object.exact) task_in_python_as(future);
    return true;
  }
  future->future = object_or_zero_as(AT(address, task_future));
  future->coroutine = object_or_zero_as(AT(address, task_coroutine));
  if (HAS(task_name)) future->name = object_or_zero_as(AT(address, task_name));
  return true;
}

/* Lib/asyncio/futures.py; base_futures.py has the names of the states. A state that was never
 * set is that of the class. */
static bool in_python_as(struct sleeper__future *future) {
  static const char names[3][10] = {"PENDING", "CANCELLED", "FINISHED"};
  address_t address = future->object.address;
  address_t state = attribute_as(address, "_state");
  int found = 0;
  future->loop = attribute_as(address, "_loop");
  future->callbacks[1] = attribute_as(address, "_callbacks");
  while (state != 0 && found < 3 && !sleeper__string_equals_as(state, names[found])) found++;
  if (found == 3 || future->loop == 0 || (future->callbacks[1] == 0 && found == SLEEPER_FUTURE_PENDING))
    return false;
  future->state = (enum sleeper__future_state)found;
  future->source_traceback = attribute_as(address, "_source_traceback");
  task_in_python_as(future);
  return true;
}

bool sleeper__future_as(address_t address, struct sleeper__future *future) {
  *future = (struct sleeper__future){.is_task = false};
  if (!sleeper__object_as(address, &future->object)) return false;
  switch (future->object.kind) {
  case SLEEPER_KIND_FUTURE:
  case SLEEPER_KIND_TASK: return in_c_as(future);
  case SLEEPER_KIND_INSTANCE: return in_python_as(future);
  default: return false;
  }
}

bool sleeper__task_number_as(const struct sleeper__future *task, int64_t *number) {
  struct sleeper__object name;
  return sleeper__object_as(task->name, &name) && name.kind == SLEEPER_KIND_LONG &&
         sleeper__int_as(task->name, number);
}
