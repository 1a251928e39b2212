#include "asyncio_loops.h"

#include "asyncio_statics36.h"
#include "layout.h"
#include "objects.h"
#include "threads.h"
#include "writer.h"

#define MAX_LOOPS 1024

static struct {
  address_t loop;
  uint64_t ident;
  address_t task; /* 3.14+: the one of those in C that runs now */
} loops[MAX_LOOPS];
static uint32_t loop_count;
static address_t current_tasks[2]; /* dicts, loop -> task; from 3.14 on for tasks written in Python */

/* asyncio.events._get_running_loop: up to 3.12 it is in the dict of the thread state, up to 3.11 within a
 * holder. In 3.6 it is out of reach, in a threading.local. (Modules/_asynciomodule.c, set_running_loop) */
static bool running_loop_as(address_t thread_state, address_t *loop) {
  address_t dict;
  if (HAS(tstate_asyncio_running_loop))
    return sleeper__read_pointer_as(AT(thread_state, tstate_asyncio_running_loop), loop);
  return sleeper__read_pointer_as(AT(thread_state, tstate_dict), &dict) && dict != 0 &&
         sleeper__dict_get_as(dict, "__asyncio_running_event_loop__", loop) &&
         (!HAS(runningloop_loop) || sleeper__read_pointer_as(AT(*loop, runningloop_loop), loop));
}

/* In 3.6 the class in C and the one in Python have one each. */
static void find_current_tasks_as(address_t module) {
  address_t class, dict;
  current_tasks[0] = current_tasks[1] = 0;
  if (SINCE(3, 7)) {
    sleeper__dict_get_as(module, "_current_tasks", &current_tasks[0]);
    return;
  }
  sleeper__statics36_find_as(module, NULL, &current_tasks[0]);
  if (sleeper__dict_get_as(module, "_PyTask", &class) &&
      sleeper__read_pointer_as(AT(class, type_dict), &dict))
    sleeper__dict_get_as(dict, "_current_tasks", &current_tasks[1]);
}

void sleeper__loops_find_as(const struct sleeper__interpreter *interpreter, address_t module) {
  struct sleeper__thread thread;
  struct sleeper__object object;
  loop_count = 0;
  find_current_tasks_as(module);
  for (bool more = sleeper__thread_first_as(interpreter, &thread); more;
       more = sleeper__thread_next_as(interpreter, &thread)) {
    address_t loop = 0, task = 0;
    if (!running_loop_as(thread.state, &loop) || !sleeper__object_as(loop, &object) ||
        object.kind == SLEEPER_KIND_NONE)
      continue;
    if (HAS(tstate_asyncio_running_task))
      sleeper__read_pointer_as(AT(thread.state, tstate_asyncio_running_task), &task);
    if (loop_count == MAX_LOOPS) {
      sleeper__warn_as("tasks", "more than 1024 threads run event loops: some are left out", 0);
      return;
    }
    loops[loop_count].loop = loop;
    loops[loop_count].task = task;
    loops[loop_count++].ident = thread.ident;
  }
}

bool sleeper__loop_thread_as(address_t loop, uint64_t *ident) {
  address_t thread;
  int64_t number;
  for (uint32_t i = 0; i < loop_count; i++) {
    if (loops[i].loop != loop) continue;
    *ident = loops[i].ident;
    return true;
  }
  if (SINCE(3, 7) || !sleeper__attribute_as(loop, "_thread_id", &thread) || !sleeper__int_as(thread, &number))
    return false;
  *ident = (uint64_t)number;
  return true;
}

bool sleeper__task_is_running_as(address_t task, address_t loop) {
  struct sleeper__dict_cursor cursor;
  address_t key, value;
  for (uint32_t i = 0; i < loop_count; i++)
    if (loops[i].task == task) return true;
  for (int i = 0; i < 2; i++) {
    if (current_tasks[i] == 0 || !sleeper__dict_begin_as(current_tasks[i], &cursor)) continue;
    while (sleeper__dict_next_as(&cursor, &key, &value))
      if (key == loop && value == task) return true;
  }
  return false;
}
