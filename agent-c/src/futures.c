#include "futures.h"

#include "objects.h"
#include "sets.h"
#include "variables.h"
#include "writer.h"

/* Of more Futures than this, in one frame and in all of an answer, the rest is left out: the process stands
 * still meanwhile. */
#define MAX_FUTURES 1024u
#define MAX_FUTURES_OF_ALL 4096u

static uint32_t looked_at;
static uint64_t request; /* for which they are counted */

static bool may_look_as(void) {
  if (request != sleeper__request) looked_at = 0;
  request = sleeper__request;
  return looked_at++ < MAX_FUTURES_OF_ALL;
}

/* One that was cancelled wakes those in wait() and as_completed() only when a worker comes to it. */
static bool is_done_as(address_t future) {
  address_t state = sleeper__attribute_of_as(future, "_state");
  return state != 0 && (sleeper__string_equals_as(state, "FINISHED") ||
                        sleeper__string_equals_as(state, "CANCELLED_AND_NOTIFIED"));
}

/* Lib/concurrent/futures/_base.py, 3.6 to 3.15: what was not done at the beginning is in a set. With
 * FIRST_EXCEPTION, one of them is enough if it fails. */
void sleeper__awaited_futures_write_as(const struct sleeper__frame *frame, bool as_completed) {
  address_t waited = sleeper__variable_as(frame, as_completed ? "pending" : "not_done"), when, future;
  struct sleeper__object object;
  struct sleeper__set set;
  uint64_t shown = 0;
  if (waited == 0 || !sleeper__object_as(waited, &object) || object.kind != SLEEPER_KIND_SET ||
      !sleeper__set_begin_as(waited, &set))
    return;
  when = as_completed ? 0 : sleeper__variable_as(frame, "return_when");
  bool all = when != 0 && sleeper__string_equals_as(when, "ALL_COMPLETED");
  sleeper__json_object_begin_as("awaits");
  sleeper__json_array_begin_as("futures");
  while (shown < set.used && shown < MAX_FUTURES && !sleeper__writer_full_as() && may_look_as() &&
         sleeper__set_next_as(&set, &future)) {
    shown++;
    if (!all || !is_done_as(future)) sleeper__json_address_as(NULL, future);
  }
  sleeper__json_array_end_as();
  sleeper__json_bool_as("all", all);
  if (shown < set.used) {
    sleeper__json_object_begin_as("futuresTruncated");
    sleeper__json_uint_as("shown", shown);
    sleeper__json_uint_as("total", set.used);
    sleeper__json_object_end_as();
  }
  sleeper__json_object_end_as();
}

/* _WorkItem.run() (Lib/concurrent/futures/thread.py) */
void sleeper__future_at_work_write_as(const struct sleeper__frame *frame) {
  address_t future = sleeper__attribute_of_as(sleeper__variable_as(frame, "self"), "future");
  if (future != 0 && !is_done_as(future)) sleeper__json_address_as("future", future);
}
