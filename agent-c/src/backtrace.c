#include "backtrace.h"

#include "../include/sleeper.h"
#include "frames.h"
#include "interpreters.h"
#include "layout.h"
#include "line_tables.h"
#include "objects.h"
#include "python_version.h"
#include "threads.h"
#include "writer.h"

#define MAX_TEXT 4096

static void write_string_as(address_t object) {
  char text[MAX_TEXT];
  sleeper__text_utf8_as(sleeper__string_as(object, text, sizeof text) ? text : "?");
}

static void write_string_of_as(address_t owner, uint32_t offset) {
  address_t object = 0;
  sleeper__read_pointer_as(owner + offset, &object);
  write_string_as(object);
}

static void write_frame_as(const struct sleeper__frame *frame) {
  struct sleeper__location location;
  if (!frame->readable) {
    sleeper__text_ascii_as("  (a frame that cannot be read: the stack ends here)\n");
    return;
  }
  sleeper__frame_location_as(frame, &location);
  sleeper__text_ascii_as("  File \"");
  write_string_of_as(frame->code, sleeper__layout.code_filename);
  sleeper__text_ascii_as("\", line ");
  if (location.line >= 0)
    sleeper__text_int_as(location.line);
  else
    sleeper__text_ascii_as("?");
  sleeper__text_ascii_as(", in ");
  write_string_of_as(frame->code,
                     HAS(code_qualname) ? sleeper__layout.code_qualname : sleeper__layout.code_name);
  sleeper__text_ascii_as("\n");
}

static void write_thread_as(const struct sleeper__thread *thread) {
  struct sleeper__frame frame;
  address_t name = sleeper__thread_name_as(thread);
  sleeper__text_ascii_as("\nThread ");
  if (thread->tid > 0)
    sleeper__text_int_as(thread->tid);
  else
    sleeper__text_ascii_as("?");
  if (name != 0) {
    sleeper__text_ascii_as(" \"");
    write_string_as(name);
    sleeper__text_ascii_as("\"");
  }
  if (thread->holds_gil) sleeper__text_ascii_as(" (holds the GIL)");
  sleeper__text_ascii_as(", innermost frame first:\n");
  for (bool more = sleeper__frame_first_as(thread->state, &frame); more;
       more = sleeper__frame_next_as(&frame))
    write_frame_as(&frame);
  if (sleeper__frames_truncated_as()) sleeper__text_ascii_as("  ... (more frames)\n");
}

void sleeper__backtrace_as(void) {
  struct sleeper__interpreter interpreter;
  struct sleeper__thread thread;
  sleeper__text_ascii_as("CPython ");
  sleeper__python_version_as(sleeper_control.python_version);
  sleeper__text_ascii_as("\n");
  for (bool more = sleeper__interpreter_first_as(&interpreter); more;
       more = sleeper__interpreter_next_as(&interpreter))
    for (bool another = sleeper__thread_first_as(&interpreter, &thread); another;
         another = sleeper__thread_next_as(&interpreter, &thread))
      write_thread_as(&thread);
  if (!sleeper__writer_full_as()) return;
  sleeper__writer_use_reserve_as();
  sleeper__text_ascii_as("\n... (the stacks are too long: the rest is left out)\n");
}
