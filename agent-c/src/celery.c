#include "celery.h"

#include "deques.h"
#include "layout.h"
#include "objects.h"
#include "variables.h"
#include "writer.h"

#define MAX_ID 64
/* Of more tasks than this the rest is left out. */
#define MAX_TASKS 4096u

/* False for what is not there, too. */
static bool is_none_as(address_t value) {
  struct sleeper__object object;
  return value != 0 && sleeper__object_as(value, &object) && object.kind == SLEEPER_KIND_NONE;
}

static bool write_id_as(address_t string) {
  char id[MAX_ID];
  if (!sleeper__string_as(string, id, sizeof id)) return false;
  sleeper__json_string_as(NULL, id);
  return true;
}

/* An ApplyResult (billiard/pool.py): what was sent to a process, or is about to be. False when it was begun
 * and has a time limit, and when it cannot be read. */
static bool write_sent_as(address_t result) {
  int64_t begun;
  if (!sleeper__int_as(sleeper__attribute_of_as(result, "_accepted"), &begun)) return false;
  if (begun == 0) return write_id_as(sleeper__attribute_of_as(result, "correlation_id"));
  return is_none_as(sleeper__attribute_of_as(result, "_timeout")) &&
         is_none_as(sleeper__attribute_of_as(result, "_soft_timeout"));
}

/* 0 when it is no tuple, or has no such item. */
static address_t item_as(address_t tuple, int64_t index) {
  struct sleeper__object object;
  address_t item;
  int64_t size;
  return tuple != 0 && sleeper__object_as(tuple, &object) && object.kind == SLEEPER_KIND_TUPLE &&
                 sleeper__object_size_as(tuple, &size) && index < size &&
                 sleeper__read_pointer_as(AT(tuple, tuple_items) + (address_t)index * sizeof(address_t),
                                          &item)
             ? item
             : 0;
}

/* The id of a Request (celery/worker/request.py) is in a slot. */
static address_t id_as(address_t request) {
  struct sleeper__slot_cursor cursor;
  char name[4];
  address_t value;
  if (request == 0) return 0;
  sleeper__slots_begin_as(request, &cursor);
  while (sleeper__slots_next_as(&cursor, name, sizeof name, &value))
    if (name[0] == 'i' && name[1] == 'd' && name[2] == 0) return value;
  return 0;
}

/* What waits for a process to be free: kombu's LaxBoundedSemaphore has them in a deque, as a function with
 * its arguments, the first of which is the Request. */
static void write_waiting_as(address_t semaphore) {
  struct sleeper__deque_cursor cursor;
  struct sleeper__object object;
  address_t deque = sleeper__attribute_of_as(semaphore, "_waiting"), item;
  if (deque == 0 || !sleeper__object_as(deque, &object) || object.kind != SLEEPER_KIND_DEQUE ||
      !sleeper__deque_begin_as(deque, &cursor))
    return;
  for (uint32_t i = 0; i < MAX_TASKS && !sleeper__writer_full_as() && sleeper__deque_next_as(&cursor, &item);
       i++)
    write_id_as(id_as(item_as(item_as(item, 1), 0)));
}

/* celery/worker/loops.py: `obj` is the Consumer (celery/worker/consumer/consumer.py), its pool a TaskPool
 * (celery/concurrency/prefork.py) around an AsynPool, whose _cache has the tasks that have no result yet. */
void sleeper__celery_pool_write_as(const struct sleeper__frame *frame) {
  struct sleeper__dict_cursor cursor;
  address_t consumer = sleeper__variable_as(frame, "obj");
  address_t controller = sleeper__attribute_of_as(consumer, "controller");
  address_t pool = sleeper__attribute_of_as(sleeper__attribute_of_as(consumer, "pool"), "_pool");
  address_t tasks = sleeper__attribute_of_as(pool, "_cache");
  address_t key, value;
  int64_t processes;
  bool lasting = is_none_as(sleeper__attribute_of_as(controller, "autoscaler"));
  if (tasks == 0 || !sleeper__int_as(sleeper__attribute_of_as(pool, "_processes"), &processes) ||
      !sleeper__dict_begin_as(tasks, &cursor))
    return;
  sleeper__json_object_begin_as("pool");
  sleeper__json_address_as("queue", tasks);
  sleeper__json_array_begin_as("work");
  for (uint32_t i = 0;
       i < MAX_TASKS && !sleeper__writer_full_as() && sleeper__dict_next_as(&cursor, &key, &value); i++)
    lasting = write_sent_as(value) && lasting;
  write_waiting_as(sleeper__attribute_of_as(controller, "semaphore"));
  sleeper__json_array_end_as();
  if (lasting && !sleeper__dict_unfinished_as(&cursor))
    sleeper__json_int_as("most", processes);
  else
    sleeper__json_null_as("most");
  sleeper__json_object_end_as();
}

/* celery/concurrency/base.py: apply_target(target, args, ..), where the second of these args is the id of the
 * task (celery/worker/request.py, execute_using_pool). From 3.14 on a _WorkItem has function and arguments in
 * a tuple. */
address_t sleeper__celery_task_of_work_as(address_t item) {
  struct sleeper__object object;
  address_t task = sleeper__attribute_of_as(item, "task");
  address_t function = task != 0 ? item_as(task, 0) : sleeper__attribute_of_as(item, "fn");
  address_t arguments = task != 0 ? item_as(task, 1) : sleeper__attribute_of_as(item, "args");
  address_t name;
  return function != 0 && sleeper__object_as(function, &object) && object.kind == SLEEPER_KIND_FUNCTION &&
                 sleeper__read_pointer_as(AT(function, function_name), &name) &&
                 sleeper__string_equals_as(name, "apply_target")
             ? item_as(item_as(arguments, 1), 1)
             : 0;
}
