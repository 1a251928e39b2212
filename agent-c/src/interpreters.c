#include "interpreters.h"

#include "accessor.h"
#include "gc.h"
#include "gil.h"
#include "import_lock.h"
#include "layout.h"
#include "objects.h"
#include "symbols.h"
#include "writer.h"

#define MAX_INTERPRETERS 1024

static uint32_t steps;

/* Up to 3.6 the list's head is a static variable without a symbol. */
static bool head_as(address_t *head) {
  if (sleeper__symbols._PyRuntime != 0)
    return sleeper__read_pointer_as(AT(sleeper__symbols._PyRuntime, runtime_interpreters_head), head);
  if (sleeper__symbols.PyInterpreterState_Head == 0) return false;
  *head = sleeper__call_accessor_as(sleeper__symbols.PyInterpreterState_Head);
  return true;
}

/* The main interpreter is the one made first: up to 3.6 the last of the list. */
static bool is_main_as(address_t interpreter) {
  address_t other;
  if (sleeper__symbols._PyRuntime != 0)
    return sleeper__read_pointer_as(AT(sleeper__symbols._PyRuntime, runtime_interpreters_main), &other) &&
           other == interpreter;
  return sleeper__read_pointer_as(AT(interpreter, interp_next), &other) && other == 0;
}

static bool describe_as(address_t address, struct sleeper__interpreter *interpreter) {
  if (address == 0 || !sleeper__readable_as(address, sizeof(address_t))) return false;
  interpreter->address = address;
  interpreter->id = steps;
  if (HAS(interp_id)) sleeper__read_i64_as(AT(address, interp_id), &interpreter->id);
  interpreter->main = is_main_as(address);
  interpreter->gil_holder = sleeper__gil_holder_as(address);
  return true;
}

bool sleeper__interpreter_first_as(struct sleeper__interpreter *interpreter) {
  address_t head;
  steps = 0;
  return head_as(&head) && describe_as(head, interpreter);
}

bool sleeper__interpreter_next_as(struct sleeper__interpreter *interpreter) {
  address_t next;
  if (++steps >= MAX_INTERPRETERS) {
    sleeper__warn_as("interpreters", "the list of interpreters does not end", 0);
    return false;
  }
  return sleeper__read_pointer_as(AT(interpreter->address, interp_next), &next) &&
         describe_as(next, interpreter);
}

bool sleeper__module_dict_as(const struct sleeper__interpreter *interpreter, const char *name,
                             address_t *dict) {
  address_t modules, module;
  return sleeper__read_pointer_as(AT(interpreter->address, interp_modules), &modules) &&
         sleeper__dict_get_as(modules, name, &module) &&
         sleeper__read_pointer_as(AT(module, module_dict), dict) && *dict != 0;
}

bool sleeper__finalizing_as(void) {
  address_t thread = 0;
  return sleeper__symbols._PyRuntime != 0 && HAS(runtime_finalizing) &&
         sleeper__read_pointer_as(AT(sleeper__symbols._PyRuntime, runtime_finalizing), &thread) &&
         thread != 0;
}

void sleeper__interpreter_write_as(const struct sleeper__interpreter *interpreter) {
  sleeper__json_object_begin_as(NULL);
  sleeper__json_int_as("id", interpreter->id);
  sleeper__json_address_as("address", interpreter->address);
  sleeper__json_bool_as("main", interpreter->main);
  sleeper__gil_write_as(interpreter->address);
  sleeper__import_lock_write_as(interpreter);
  sleeper__gc_write_as(interpreter->address);
  sleeper__json_object_end_as();
}
