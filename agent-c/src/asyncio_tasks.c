#include "asyncio_tasks.h"

#include "asyncio_futures.h"
#include "asyncio_loops.h"
#include "asyncio_statics36.h"
#include "interpreters.h"
#include "layout.h"
#include "sets.h"
#include "task_json.h"
#include "threads.h"
#include "writer.h"

/* Of more the rest is only counted: the process stands still meanwhile. */
#define MAX_TASKS 1000u
#define MAX_LISTED 1000000u
#define SLOTS 2048u /* a power of two, so large that there is always a free one */

static const struct sleeper__interpreter *interpreter;
static uint32_t listed; /* of all interpreters, whether they are tasks or not */
static uint32_t shown, total;
static bool full;

/* Those that were written: what is in two lists is told once. */
static address_t slots[SLOTS];

static bool is_new_as(address_t task) {
  uint32_t slot = (uint32_t)(task * 0x9E3779B97F4A7C15u >> 40) % SLOTS;
  for (; slots[slot] != 0; slot = (slot + 1) % SLOTS)
    if (slots[slot] == task) return false;
  slots[slot] = task;
  return true;
}

static void unreadable_as(address_t address) {
  sleeper__json_object_begin_as(NULL);
  sleeper__json_string_as("error", "the task cannot be read");
  sleeper__json_address_as("address", address);
  sleeper__json_object_end_as();
}

/* Those that are done are left out, as asyncio.all_tasks() does. False when there are no more to be taken. */
static bool take_as(address_t address) {
  struct sleeper__future task;
  if (++listed > MAX_LISTED) return false;
  bool readable = sleeper__future_as(address, &task);
  if (readable && (!task.is_task || task.state != SLEEPER_FUTURE_PENDING)) return true;
  if (shown == MAX_TASKS || full) {
    total++;
    return true;
  }
  if (!is_new_as(address)) return true;
  total++;
  struct sleeper__mark mark = sleeper__writer_mark_as();
  if (readable)
    sleeper__task_write_as(interpreter, &task);
  else
    unreadable_as(address);
  full = !sleeper__json_element_kept_as(mark, "the answer was too large: tasks were left out");
  if (!full) shown++;
  return true;
}

static void take_set_as(address_t set_address) {
  struct sleeper__object object;
  struct sleeper__set set;
  address_t element;
  if (!sleeper__object_as(set_address, &object) || object.kind != SLEEPER_KIND_SET ||
      !sleeper__set_begin_as(set_address, &set))
    return;
  while (sleeper__set_next_as(&set, &element)) {
    struct sleeper__object reference;
    if (!sleeper__object_as(element, &reference)) continue;
    if (reference.kind == SLEEPER_KIND_WEAKREF &&
        (!sleeper__read_pointer_as(AT(element, weakref_object), &element) ||
         !sleeper__object_as(element, &reference) || reference.kind == SLEEPER_KIND_NONE))
      continue;
    if (!take_as(element)) return;
  }
}

/* A weakref.WeakSet: the set within has weak references. */
static void take_weak_set_as(address_t weak_set) {
  address_t data;
  if (sleeper__attribute_as(weak_set, "data", &data)) take_set_as(data);
}

static void take_named_as(address_t dict, const char *name) {
  address_t weak_set;
  if (sleeper__dict_get_as(dict, name, &weak_set)) take_weak_set_as(weak_set);
}

/* struct llist_node (Include/internal/pycore_llist.h): the head is a node without a task. */
static void take_list_as(address_t head) {
  address_t node = head;
  while (sleeper__read_pointer_as(AT(node, llist_next), &node) && node != head) {
    struct sleeper__object object;
    if (!sleeper__object_as(node - sleeper__layout.task_node, &object) || object.kind != SLEEPER_KIND_TASK) {
      sleeper__warn_as("tasks", "the list of tasks cannot be read to its end", node);
      return;
    }
    if (!take_as(object.address)) return;
  }
}

/* Those of the class in C are in a static variable, those of the one in Python in its dict. */
static void take_all36_as(address_t module) {
  address_t weak_set = 0, class, dict;
  if (sleeper__statics36_find_as(module, &weak_set, NULL))
    take_weak_set_as(weak_set);
  else
    sleeper__warn_as("tasks", "the tasks of asyncio were not found", 0);
  if (sleeper__dict_get_as(module, "_PyTask", &class) &&
      sleeper__read_pointer_as(AT(class, type_dict), &dict))
    take_named_as(dict, "_all_tasks");
}

/* Lib/asyncio/tasks.py, Modules/_asynciomodule.c */
static void take_all_as(address_t module) {
  struct sleeper__thread thread;
  address_t eager;
  if (HAS(task_node)) {
    take_list_as(AT(interpreter->address, interp_asyncio_tasks_head));
    for (bool more = sleeper__thread_first_as(interpreter, &thread); more;
         more = sleeper__thread_next_as(interpreter, &thread))
      take_list_as(AT(thread.state, tstate_asyncio_tasks_head));
  }
  if (SINCE(3, 12)) {
    take_named_as(module, "_scheduled_tasks");
    if (sleeper__dict_get_as(module, "_eager_tasks", &eager)) take_set_as(eager);
  } else if (SINCE(3, 7)) {
    take_named_as(module, "_all_tasks");
  } else {
    take_all36_as(module);
  }
}

void sleeper__tasks_write_as(void) {
  struct sleeper__interpreter each;
  address_t module;
  listed = shown = total = 0;
  full = false;
  for (uint32_t i = 0; i < SLOTS; i++) slots[i] = 0;
  interpreter = &each;
  sleeper__json_section_begin_as("tasks");
  for (bool more = sleeper__interpreter_first_as(&each); more; more = sleeper__interpreter_next_as(&each)) {
    if (!SINCE(3, 6) || !sleeper__module_dict_as(&each, "asyncio.tasks", &module)) continue;
    sleeper__loops_find_as(&each, module);
    take_all_as(module);
  }
  sleeper__json_section_end_as();
  if (shown == total) return;
  sleeper__json_object_begin_as("tasksTruncated");
  sleeper__json_uint_as("shown", shown);
  sleeper__json_uint_as("total", total);
  sleeper__json_object_end_as();
}
