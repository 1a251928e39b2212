#include "pools.h"

#include "celery.h"
#include "futures.h"
#include "layout.h"
#include "objects.h"
#include "queues.h"
#include "variables.h"
#include "writer.h"

#define MAX_NAME 32
#define MAX_ID 64
/* Of more work than this the rest is left out: the process stands still meanwhile. */
#define MAX_WORK 4096u
/* Queues whose work was written; that of others may be written more than once. */
#define MAX_QUEUES 64u

static address_t queues[MAX_QUEUES];
static uint32_t queue_count;
static uint64_t epoch; /* of the writer, whose answer they are in */

static bool first_time_as(address_t queue) {
  if (epoch != sleeper__writer_epoch_as()) queue_count = 0;
  epoch = sleeper__writer_epoch_as();
  for (uint32_t i = 0; i < queue_count; i++)
    if (queues[i] == queue) return false;
  if (queue_count < MAX_QUEUES) queues[queue_count++] = queue;
  return true;
}

static void write_task_as(address_t id) {
  char text[MAX_ID];
  if (id != 0 && sleeper__string_as(id, text, sizeof text)) sleeper__json_string_as(NULL, text);
}

/* A _WorkItem of concurrent.futures has the future in an attribute; what multiprocessing.pool queues is a
 * tuple that begins with the number of the job. None tells a worker to end. */
static bool write_item_as(address_t item) {
  struct sleeper__object object;
  address_t inside;
  int64_t job;
  if (!sleeper__object_as(item, &object)) return false;
  if (object.kind != SLEEPER_KIND_TUPLE) {
    if (sleeper__attribute_as(item, "future", &inside)) sleeper__json_address_as(NULL, inside);
    write_task_as(sleeper__celery_task_of_work_as(item));
    return true;
  }
  if (sleeper__object_size_as(item, &job) && job > 0 &&
      sleeper__read_pointer_as(AT(item, tuple_items), &inside) && sleeper__int_as(inside, &job))
    sleeper__json_int_as(NULL, job);
  return true;
}

static void write_work_as(address_t queue) {
  struct sleeper__queue_cursor cursor;
  address_t item;
  uint64_t shown = 0;
  if (!sleeper__queue_begin_as(queue, &cursor)) return;
  sleeper__json_array_begin_as("work");
  while (shown < MAX_WORK && !sleeper__writer_full_as() && sleeper__queue_next_as(&cursor, &item) &&
         write_item_as(item))
    shown++;
  sleeper__json_array_end_as();
  if (shown == cursor.size) return;
  sleeper__json_object_begin_as("workTruncated");
  sleeper__json_uint_as("shown", shown);
  sleeper__json_uint_as("total", cursor.size);
  sleeper__json_object_end_as();
}

static void write_pool_as(address_t queue, address_t most) {
  int64_t number;
  if (queue == 0) return;
  sleeper__json_object_begin_as("pool");
  sleeper__json_address_as("queue", queue);
  if (most != 0 && sleeper__int_as(most, &number))
    sleeper__json_int_as("most", number);
  else
    sleeper__json_null_as("most");
  if (first_time_as(queue)) write_work_as(queue);
  sleeper__json_object_end_as();
}

/* What a weak reference refers to; 0: nothing. */
static address_t referent_as(address_t reference) {
  struct sleeper__object object;
  address_t value;
  return sleeper__object_as(reference, &object) && object.kind == SLEEPER_KIND_WEAKREF &&
                 sleeper__read_pointer_as(AT(reference, weakref_object), &value)
             ? value
             : 0;
}

static bool equals_as(const char *text, const char *other) {
  while (*text != 0 && *text == *other) text++, other++;
  return *text == *other;
}

static bool is_in_as(const struct sleeper__frame *frame, const char *module) {
  address_t name;
  return sleeper__dict_get_as(frame->globals, "__name__", &name) && sleeper__string_equals_as(name, module);
}

/* The functions and their variables are those of Lib/concurrent/futures/thread.py and
 * Lib/multiprocessing/pool.py, 2.7 to 3.15. */
void sleeper__pool_write_as(const struct sleeper__frame *frame) {
  static const char futures[] = "concurrent.futures.thread", pools[] = "multiprocessing.pool";
  char name[MAX_NAME];
  address_t function, pool;
  int64_t job;
  if (!sleeper__read_pointer_as(AT(frame->code, code_name), &function) ||
      !sleeper__string_as(function, name, sizeof name))
    return;
  if (equals_as(name, "_worker") && is_in_as(frame, futures)) {
    address_t executor = referent_as(sleeper__variable_as(frame, "executor_reference"));
    write_pool_as(sleeper__variable_as(frame, "work_queue"),
                  sleeper__attribute_of_as(executor, "_max_workers"));
  } else if (equals_as(name, "worker") && is_in_as(frame, pools)) {
    write_pool_as(sleeper__variable_as(frame, "inqueue"), 0);
  } else if (equals_as(name, "_handle_workers") && is_in_as(frame, pools)) {
    pool = sleeper__variable_as(frame, "pool"); /* from 3.8 on the list of the workers */
    if (SINCE(3, 8))
      write_pool_as(sleeper__variable_as(frame, "inqueue"), sleeper__variable_as(frame, "processes"));
    else
      write_pool_as(sleeper__attribute_of_as(pool, "_inqueue"), sleeper__attribute_of_as(pool, "_processes"));
  } else if ((equals_as(name, "wait") || equals_as(name, "next")) && is_in_as(frame, pools)) {
    if (sleeper__int_as(sleeper__attribute_of_as(sleeper__variable_as(frame, "self"), "_job"), &job))
      sleeper__json_int_as("job", job);
  } else if (equals_as(name, "run") && is_in_as(frame, futures)) {
    sleeper__future_at_work_write_as(frame);
  } else if ((equals_as(name, "wait") || equals_as(name, "as_completed")) &&
             is_in_as(frame, "concurrent.futures._base")) {
    sleeper__awaited_futures_write_as(frame, equals_as(name, "as_completed"));
  } else if (equals_as(name, "get") && is_in_as(frame, "celery.result")) {
    sleeper__json_text_member_as("job", sleeper__attribute_of_as(sleeper__variable_as(frame, "self"), "id"),
                                 MAX_ID);
  } else if (equals_as(name, "asynloop") && is_in_as(frame, "celery.worker.loops")) {
    sleeper__celery_pool_write_as(frame);
  }
}
