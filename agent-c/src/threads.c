#include "threads.h"

#include "layout.h"
#include "limits.h"
#include "objects.h"
#include "thread_ids.h"
#include "writer.h"

/* threading._active of the interpreter at hand: gone through once, not once a thread, and only if need be. */
#define MAX_ACTIVE 8192
static struct {
  uint64_t ident;
  address_t object;
} active[MAX_ACTIVE];
static uint32_t active_count;
static bool active_read;
static const struct sleeper__interpreter *active_interpreter;
static uint32_t active_next; /* the search begins before this one */
static uint32_t steps;

static void read_active_as(void) {
  address_t threading, dict, key, value;
  struct sleeper__dict_cursor cursor;
  active_count = active_next = 0;
  active_read = true;
  if (!sleeper__module_dict_as(active_interpreter, "threading", &threading)) return; /* never imported */
  if (!sleeper__dict_get_as(threading, "_active", &dict) || !sleeper__dict_begin_as(dict, &cursor)) {
    sleeper__warn_as("threads", "threading._active cannot be read: no thread has a name", 0);
    return;
  }
  while (sleeper__dict_next_as(&cursor, &key, &value)) {
    int64_t ident;
    if (!sleeper__int_as(key, &ident)) continue;
    if (active_count == MAX_ACTIVE) {
      sleeper__warn_as("threads", "threading knows more than 8192 threads: some names are left out", 0);
      break;
    }
    active[active_count].ident = (uint64_t)ident;
    active[active_count++].object = value;
  }
}

/* The interpreter has the newest first, threading the oldest: the next one to be asked for is in most
 * cases the one before. */
static address_t object_as(uint64_t ident) {
  if (!active_read) read_active_as();
  for (uint32_t i = 0; i < active_count; i++) {
    if (active_next == 0) active_next = active_count;
    if (active[--active_next].ident == ident) return active[active_next].object;
  }
  return 0;
}

static bool describe_as(const struct sleeper__interpreter *interpreter, address_t state,
                        struct sleeper__thread *thread) {
  address_t owner;
  if (state == 0) return false;
  if (steps++ >= sleeper__limits.max_threads) {
    sleeper__warn_as("threads", "the limit of threads was reached: there are more", 0);
    return false;
  }
  if (!sleeper__read_pointer_as(AT(state, tstate_interp), &owner) || owner != interpreter->address) {
    sleeper__warn_as("threads", "a thread state does not belong to its interpreter", state);
    return false;
  }
  thread->state = state;
  thread->ident = 0;
  sleeper__read_u64_as(AT(state, tstate_thread_id), &thread->ident);
  thread->tid = sleeper__thread_tid_as(state, thread->ident);
  thread->holds_gil = state == interpreter->gil_holder;
  return true;
}

bool sleeper__thread_first_as(const struct sleeper__interpreter *interpreter,
                              struct sleeper__thread *thread) {
  address_t head;
  steps = 0;
  active_read = false;
  active_interpreter = interpreter;
  return sleeper__read_pointer_as(AT(interpreter->address, interp_threads_head), &head) &&
         describe_as(interpreter, head, thread);
}

bool sleeper__thread_next_as(const struct sleeper__interpreter *interpreter, struct sleeper__thread *thread) {
  address_t next;
  return sleeper__read_pointer_as(AT(thread->state, tstate_next), &next) &&
         describe_as(interpreter, next, thread);
}

/* threading.Thread keeps them in _name and _daemonic; 2.7 in __name and __daemonic, mangled. */
address_t sleeper__thread_name_as(const struct sleeper__thread *thread) {
  address_t name, object = object_as(thread->ident);
  if (object == 0) return 0;
  return sleeper__attribute_as(object, SINCE(3, 0) ? "_name" : "_Thread__name", &name) ? name : 0;
}

int sleeper__thread_daemon_as(const struct sleeper__thread *thread) {
  address_t daemon, object = object_as(thread->ident);
  int64_t value;
  if (object == 0 ||
      !sleeper__attribute_as(object, SINCE(3, 0) ? "_daemonic" : "_Thread__daemonic", &daemon) ||
      !sleeper__int_as(daemon, &value))
    return -1;
  return value != 0;
}
