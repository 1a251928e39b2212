#include "frame_json.h"

#include "../include/sleeper.h"
#include "global_locks.h"
#include "layout.h"
#include "line_tables.h"
#include "memo.h"
#include "modules.h"
#include "objects.h"
#include "pools.h"
#include "stack_locks.h"
#include "variables.h"
#include "writer.h"

/* Characters of a name or a path: as long as a path may be. */
#define MAX_TEXT 4096
/* Beside those of values.c. */
#define MODULE_VARIANT (((uint64_t)1 << 31) + 2)

static void write_location_as(const struct sleeper__frame *frame) {
  struct sleeper__location location;
  sleeper__frame_location_as(frame, &location);
  if (location.line >= 0)
    sleeper__json_int_as("line", location.line);
  else
    sleeper__json_null_as("line");
  if (location.end_line >= 0) sleeper__json_int_as("endLine", location.end_line);
  if (location.column >= 0) sleeper__json_int_as("column", location.column);
  if (location.end_column >= 0) sleeper__json_int_as("endColumn", location.end_column);
}

static void write_text_of_as(const char *key, address_t owner, uint32_t offset) {
  address_t object = 0;
  sleeper__read_pointer_as(owner + offset, &object);
  sleeper__json_name_as(key, object, MAX_TEXT);
}

/* What is the same in all frames that stand at the same instruction. */
static void write_place_as(const struct sleeper__frame *frame) {
  uint64_t variant = (uint64_t)frame->instruction << 32 | (uint32_t)frame->line;
  if (sleeper__memo_repeat_as(frame->code, variant)) return;
  size_t begin = sleeper__memo_begin_as();
  write_text_of_as("function", frame->code, sleeper__layout.code_name);
  if (HAS(code_qualname)) write_text_of_as("qualifiedName", frame->code, sleeper__layout.code_qualname);
  write_text_of_as("file", frame->code, sleeper__layout.code_filename);
  write_location_as(frame);
  sleeper__global_locks_write_as(frame);
  sleeper__memo_end_as(frame->code, variant, begin);
}

static void write_module_as(address_t globals) {
  address_t name;
  if (sleeper__memo_repeat_as(globals, MODULE_VARIANT)) return;
  size_t begin = sleeper__memo_begin_as();
  if (sleeper__dict_get_as(globals, "__name__", &name))
    sleeper__json_text_member_as("module", name, MAX_TEXT);
  else
    sleeper__json_null_as("module");
  sleeper__memo_end_as(globals, MODULE_VARIANT, begin);
}

void sleeper__frame_write_as(const struct sleeper__frame *frame, bool innermost) {
  sleeper__json_object_begin_as(NULL);
  if (!frame->readable) {
    sleeper__json_string_as("error", "the frame cannot be read: the stack ends here");
    sleeper__json_address_as("address", frame->address);
    sleeper__json_object_end_as();
    sleeper__warn_as("frames", "a frame cannot be read: the stack ends there", frame->address);
    return;
  }
  write_place_as(frame);
  write_module_as(frame->globals);
  sleeper__json_bool_as("entry", frame->entry);
  if ((sleeper_control.flags & SLEEPER_LOCALS) != 0) {
    sleeper__variables_write_as(frame);
    sleeper__pool_write_as(frame);
  }
  sleeper__stack_locks_write_as(frame);
  if (innermost) sleeper__called_locks_write_as(frame);
  sleeper__json_object_end_as();
  if ((sleeper_control.flags & SLEEPER_GLOBALS) != 0) sleeper__module_note_as(frame->globals);
}
