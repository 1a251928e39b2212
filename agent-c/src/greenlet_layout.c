#include "greenlet_layout.h"

#include "layout.h"
#include "objects.h"
#include "writer.h"

#define WORD ((uint32_t)sizeof(address_t))

/* The package's version, 0xMMmmpp. */
#define VERSION(major, minor, patch) ((uint32_t)(major) << 16 | (uint32_t)(minor) << 8 | (uint32_t)(patch))

/* Of the interpreter at hand. All offsets are from the start of `struct`: up to 1.1.3 that is the object
 * (PyGreenlet, greenlet.h), since 2.0 what its `pimpl` points to (class Greenlet, TGreenlet.hpp, and what
 * UserGreenlet adds to it). */
static struct {
  uint32_t version;
  uint32_t pimpl; /* 0: none */
  uint32_t stack; /* stack_start, stack_stop, stack_copy, stack_saved */
  uint32_t frame; /* top_frame */
  uint32_t parent, run;
} layout;

/* sizeof(PyObject) */
static uint32_t header_as(void) {
  return sleeper__layout.object_type + WORD;
}

/* struct _greenlet: four words of the stack, stack_prev, parent, run_info, top_frame. */
static void set_old_layout_as(void) {
  layout.pimpl = 0;
  layout.stack = header_as();
  layout.parent = layout.stack + 5 * WORD;
  layout.run = layout.stack + 6 * WORD;
  layout.frame = layout.stack + 7 * WORD;
}

/* From _top_frame, exclusive, to the end of class PythonState. */
static uint32_t python_state_rest_as(void) {
  if (!SINCE(3, 10)) return WORD;
  if (!SINCE(3, 11)) return 3 * WORD;
  if (!SINCE(3, 13)) return 7 * WORD;
  uint32_t words = 6;                                              /* delete_later */
  if (layout.version >= VERSION(3, 5, 3)) words++;                 /* critical_section */
  if (SINCE(3, 14) && layout.version >= VERSION(3, 2, 4)) words++; /* current_executor */
  if (SINCE(3, 14) && layout.version >= VERSION(3, 3, 0)) words++; /* stackpointer */
  return words * WORD;
}

/* class Greenlet: the pointer to the virtual functions, from 3.1.1 on _self, the exception's state, two
 * pointers of SwitchingArgs, five words of StackState, from Python 3.7 on the context, _top_frame. Then
 * class UserGreenlet: up to 3.1.0 _self, _main_greenlet, _run_callable, _parent. */
static void set_new_layout_as(void) {
  bool self_first = layout.version >= VERSION(3, 1, 1);
  uint32_t exception = HAS(excinfo_previous) ? WORD + sleeper__layout.excinfo_previous + WORD : 3 * WORD;
  layout.pimpl = header_as() + 2 * WORD;
  layout.stack = WORD + (self_first ? WORD : 0) + exception + 2 * WORD;
  layout.frame = layout.stack + 5 * WORD + (SINCE(3, 7) ? WORD : 0);
  layout.run = layout.frame + WORD + python_state_rest_as() + (self_first ? 0 : WORD) + WORD;
  layout.parent = layout.run + WORD;
}

static bool read_version_as(address_t module) {
  address_t object;
  char text[32];
  uint32_t parts[3] = {0, 0, 0};
  if (!sleeper__dict_get_as(module, "__version__", &object) || !sleeper__string_as(object, text, sizeof text))
    return false;
  size_t at = 0;
  for (uint32_t part = 0; part < 3; part++) {
    for (; text[at] >= '0' && text[at] <= '9'; at++)
      parts[part] = parts[part] * 10 + (uint32_t)(text[at] - '0');
    if (text[at] != '.') break;
    at++;
  }
  layout.version = VERSION(parts[0] & 255, parts[1] & 255, parts[2] & 255);
  return true;
}

bool sleeper__greenlet_type_as(const struct sleeper__interpreter *interpreter, address_t *type) {
  address_t module;
  if (!sleeper__module_dict_as(interpreter, "greenlet", &module) ||
      !sleeper__dict_get_as(module, "greenlet", type))
    return false;
  if (!read_version_as(module) || layout.version < VERSION(0, 4, 0) || layout.version >= VERSION(4, 0, 0)) {
    sleeper__warn_as("greenlets", "this version of greenlet is not known: greenlets are not shown", 0);
    return false;
  }
  if (layout.version < VERSION(2, 0, 0))
    set_old_layout_as();
  else
    set_new_layout_as();
  return true;
}

static bool is_frame_as(address_t address) {
  struct sleeper__object object;
  return sleeper__object_as(address, &object) && object.kind == SLEEPER_KIND_FRAME;
}

static bool is_object_as(address_t address) {
  struct sleeper__object object;
  return sleeper__object_as(address, &object);
}

bool sleeper__greenlet_at_as(address_t address, struct sleeper__greenlet *greenlet) {
  address_t at = address, stack[4], frame, parent, run;
  *greenlet = (struct sleeper__greenlet){.address = address};
  if (layout.pimpl != 0 && !sleeper__read_pointer_as(address + layout.pimpl, &at)) return false;
  if (!sleeper__read_as(at + layout.stack, stack, sizeof stack) ||
      !sleeper__read_pointer_as(at + layout.frame, &frame) || (frame != 0 && !is_frame_as(frame)))
    return false;
  address_t start = stack[0], stop = stack[1];
  greenlet->main = stop == ~(address_t)0;
  if (!greenlet->main && sleeper__read_pointer_as(at + layout.parent, &parent) && is_object_as(parent))
    greenlet->parent = parent;
  if (stop == 0) {
    greenlet->state = SLEEPER_GREENLET_NOT_STARTED;
    if (sleeper__read_pointer_as(at + layout.run, &run) && is_object_as(run)) greenlet->run = run;
    return true;
  }
  if (start == 0) {
    greenlet->state = SLEEPER_GREENLET_DEAD;
    return true;
  }
  greenlet->state = frame != 0 ? SLEEPER_GREENLET_SUSPENDED : SLEEPER_GREENLET_RUNNING;
  greenlet->frame = frame;
  /* stack_start is 1 in one that has not yet been switched out. */
  greenlet->on_stack = !greenlet->main ? stop : start > 1 ? start : 0;
  greenlet->stack_start = start;
  greenlet->stack_copy = stack[2];
  greenlet->stack_saved = stack[3];
  return true;
}
