#include "greenlets.h"

#include <asm/unistd.h>
#include <linux/time.h>

#include "dump.h"
#include "frames.h"
#include "gc.h"
#include "greenlet_layout.h"
#include "greenlet_waits.h"
#include "layout.h"
#include "objects.h"
#include "syscall.h"
#include "values.h"
#include "writer.h"

#define MAX_GREENLETS 16384u
#define MAX_TEXT 4096
/* What the search may take at the most, while the process is stopped. Python itself stops the process for
 * longer at each full collection of so many objects. */
#define MAX_NS 50000000u
/* The clock is looked at after so many objects. */
#define OBJECTS_BETWEEN 1024u
#define MAX_BASES 64

static address_t greenlets[MAX_GREENLETS];
static uint32_t count;

/* What is known of types: nearly all objects are of a few. */
#define KNOWN_TYPES 256u /* a power of two */
static struct {
  address_t type;
  bool is_greenlet;
} known[KNOWN_TYPES];

static bool has_base_as(address_t type, address_t base) {
  for (uint32_t i = 0; i < MAX_BASES && type != 0; i++) {
    if (type == base) return true;
    if (!sleeper__read_pointer_as(AT(type, type_base), &type)) return false;
  }
  return false;
}

static bool is_greenlet_as(address_t object, address_t greenlet_type) {
  address_t type;
  if (!sleeper__read_pointer_as(AT(object, object_type), &type)) return false;
  size_t place = (size_t)(type * 0x9E3779B97F4A7C15u >> 32) % KNOWN_TYPES;
  if (known[place].type != type) {
    known[place].type = type;
    known[place].is_greenlet = has_base_as(type, greenlet_type);
  }
  return known[place].is_greenlet;
}

static uint64_t now_as(void) {
  struct __kernel_timespec now = {0, 0};
  sleeper__syscall3_as(__NR_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void find_as(const struct sleeper__interpreter *interpreter, address_t type) {
  struct sleeper__gc_cursor cursor;
  address_t object;
  uint64_t looked_at = 0, end = now_as() + MAX_NS;
  for (uint32_t i = 0; i < KNOWN_TYPES; i++) known[i].type = 0;
  count = 0;
  if (!sleeper__gc_begin_as(interpreter->address, &cursor)) {
    sleeper__warn_as("greenlets", "the objects of the garbage collector cannot be found", 0);
    return;
  }
  sleeper__memory_sweep_as(true);
  while (sleeper__gc_next_as(&cursor, &object)) {
    if (++looked_at % OBJECTS_BETWEEN == 0 && now_as() > end) {
      sleeper__warn_as("greenlets", "the program has very many objects: greenlets may be missing", 0);
      break;
    }
    if (!is_greenlet_as(object, type)) continue;
    if (count == MAX_GREENLETS) {
      sleeper__warn_as("greenlets", "there are more than 16384 greenlets: some are left out", 0);
      break;
    }
    greenlets[count++] = object;
  }
  sleeper__memory_sweep_as(false);
}

static void write_greenlet_as(const struct sleeper__interpreter *interpreter,
                              const struct sleeper__greenlet *greenlet) {
  static const char *const states[] = {"not started", "suspended", "running", "dead"};
  struct sleeper__object object;
  struct sleeper__frame frame;
  address_t name = 0;
  char text[512];
  sleeper__json_object_begin_as(NULL);
  sleeper__json_int_as("interpreter", interpreter->id);
  sleeper__json_address_as("address", greenlet->address);
  if (sleeper__object_as(greenlet->address, &object)) {
    sleeper__json_string_as("type", sleeper__type_name_as(object.type, text, sizeof text) ? text : "?");
    if (sleeper__type_module_as(object.type, text, sizeof text)) sleeper__json_string_as("typeModule", text);
  }
  sleeper__attribute_as(greenlet->address, "name", &name);
  sleeper__json_text_member_as("name", name, MAX_TEXT);
  sleeper__json_bool_as("main", greenlet->main);
  sleeper__json_string_as("state", states[greenlet->state]);
  if (greenlet->parent != 0)
    sleeper__json_address_as("parent", greenlet->parent);
  else
    sleeper__json_null_as("parent");
  if (greenlet->on_stack != 0)
    sleeper__json_address_as("stack", greenlet->on_stack);
  else
    sleeper__json_null_as("stack");
  if (greenlet->run != 0) {
    sleeper__json_object_begin_as("run");
    sleeper__value_members_as(greenlet->run);
    sleeper__json_object_end_as();
  }
  sleeper__greenlet_wait_write_as(greenlet);
  struct sleeper__moved_stack moved = {greenlet->stack_start, greenlet->stack_saved, greenlet->stack_copy};
  sleeper__frames_write_as(
      greenlet->frame != 0 && sleeper__frame_first_of_as(greenlet->frame, &moved, &frame), &frame);
  sleeper__json_object_end_as();
}

/* False when there is no room for more. */
static bool write_all_as(const struct sleeper__interpreter *interpreter) {
  struct sleeper__greenlet greenlet;
  /* The newest ones were found first. */
  for (uint32_t i = count; i-- > 0;) {
    if (!sleeper__greenlet_at_as(greenlets[i], &greenlet)) {
      sleeper__warn_as("greenlets", "a greenlet cannot be read", greenlets[i]);
      continue;
    }
    if (greenlet.state == SLEEPER_GREENLET_DEAD) continue;
    struct sleeper__mark mark = sleeper__writer_mark_as();
    write_greenlet_as(interpreter, &greenlet);
    if (!sleeper__json_element_kept_as(mark, "the answer was too large: greenlets were left out"))
      return false;
  }
  return true;
}

void sleeper__greenlets_write_as(void) {
  struct sleeper__interpreter interpreter;
  address_t type;
  bool any = false;
  for (bool more = sleeper__interpreter_first_as(&interpreter); more;
       more = sleeper__interpreter_next_as(&interpreter)) {
    if (!sleeper__greenlet_type_as(&interpreter, &type)) continue;
    if (!any) sleeper__json_section_begin_as("greenlets");
    any = true;
    find_as(&interpreter, type);
    if (!write_all_as(&interpreter)) break;
  }
  if (any) sleeper__json_section_end_as();
}
