#include "dump.h"

#include "asyncio_tasks.h"
#include "frame_json.h"
#include "greenlets.h"
#include "interpreters.h"
#include "layout.h"
#include "limits.h"
#include "modules.h"
#include "objects.h"
#include "python_version.h"
#include "raised.h"
#include "sockets.h"
#include "symbols.h"
#include "threads.h"
#include "values.h"
#include "writer.h"

/* Characters of a name: as long as a path may be. */
#define MAX_TEXT 4096

static void write_python_as(void) {
  sleeper__json_object_begin_as("python");
  sleeper__json_string_as("implementation", "CPython");
  sleeper__json_string_begin_as("version");
  sleeper__python_version_as(sleeper_control.python_version);
  sleeper__json_string_end_as();
  sleeper__json_uint_as("hexVersion", sleeper_control.python_version);
  sleeper__json_bool_as("debug", sleeper__symbols.debug_build);
  sleeper__json_bool_as("freeThreaded", false); /* such builds were refused when the library was loaded */
  sleeper__json_bool_as("finalizing", sleeper__finalizing_as());
  sleeper__json_string_as("layout", SINCE(3, 13) ? "debug offsets" : "table");
  sleeper__json_object_end_as();
}

void sleeper__frames_write_as(bool any, struct sleeper__frame *frame) {
  uint32_t shown = 0;
  bool cut = false;
  sleeper__json_array_begin_as("frames");
  for (bool more = any; more; more = sleeper__frame_next_as(frame)) {
    struct sleeper__mark mark = sleeper__writer_mark_as();
    sleeper__frame_write_as(frame, shown == 0);
    if ((cut = sleeper__writer_full_as())) {
      sleeper__writer_rewind_as(mark);
      break;
    }
    shown++;
  }
  sleeper__json_array_end_as();
  if (!cut && !sleeper__frames_truncated_as()) return;
  sleeper__json_object_begin_as("framesTruncated");
  sleeper__json_uint_as("shown", shown);
  sleeper__json_object_end_as();
}

/* Null for none, and for one that cannot be read. */
static void write_exception_as(const char *key, address_t object) {
  struct sleeper__mark mark = sleeper__writer_mark_as();
  if (object != 0) {
    sleeper__json_object_begin_as(key);
    bool readable = sleeper__value_members_as(object);
    sleeper__json_object_end_as();
    if (readable) return;
    sleeper__writer_rewind_as(mark);
    sleeper__warn_as("threads", "the exception of a thread cannot be read", object);
  }
  sleeper__json_null_as(key);
}

static void write_thread_as(const struct sleeper__interpreter *interpreter,
                            const struct sleeper__thread *thread) {
  struct sleeper__frame frame;
  int daemon = sleeper__thread_daemon_as(thread);
  sleeper__json_object_begin_as(NULL);
  sleeper__json_int_as("interpreter", interpreter->id);
  sleeper__json_address_as("address", thread->state);
  sleeper__json_uint_as("ident", thread->ident);
  if (thread->tid > 0)
    sleeper__json_int_as("tid", thread->tid);
  else
    sleeper__json_null_as("tid");
  sleeper__json_text_member_as("name", sleeper__thread_name_as(thread), MAX_TEXT);
  if (daemon < 0)
    sleeper__json_null_as("daemon");
  else
    sleeper__json_bool_as("daemon", daemon == 1);
  sleeper__json_bool_as("holdsGil", thread->holds_gil);
  write_exception_as("handling", sleeper__exception_handled_as(thread->state));
  write_exception_as("raising", sleeper__exception_raised_as(thread->state));
  sleeper__frames_write_as(sleeper__frame_first_as(thread->state, &frame), &frame);
  sleeper__json_object_end_as();
}

static void write_threads_as(void) {
  struct sleeper__interpreter interpreter;
  struct sleeper__thread thread;
  sleeper__json_section_begin_as("threads");
  for (bool more = sleeper__interpreter_first_as(&interpreter); more;
       more = sleeper__interpreter_next_as(&interpreter)) {
    for (bool another = sleeper__thread_first_as(&interpreter, &thread); another;
         another = sleeper__thread_next_as(&interpreter, &thread)) {
      struct sleeper__mark mark = sleeper__writer_mark_as();
      write_thread_as(&interpreter, &thread);
      if (sleeper__json_element_kept_as(mark, "the answer was too large: threads were left out")) continue;
      sleeper__json_section_end_as();
      return;
    }
  }
  sleeper__json_section_end_as();
}

static void write_interpreters_as(void) {
  struct sleeper__interpreter interpreter;
  bool any = false;
  sleeper__json_section_begin_as("interpreters");
  for (bool more = sleeper__interpreter_first_as(&interpreter); more;
       more = sleeper__interpreter_next_as(&interpreter)) {
    struct sleeper__mark mark = sleeper__writer_mark_as();
    sleeper__interpreter_write_as(&interpreter);
    any = true;
    if (!sleeper__json_element_kept_as(mark, "the answer was too large: interpreters were left out")) break;
  }
  sleeper__json_section_end_as();
  if (!any) sleeper__warn_as("interpreters", "no interpreter was found: Python is starting or has ended", 0);
}

void sleeper__dump_as(void) {
  sleeper__modules_begin_as();
  sleeper__json_object_begin_as(NULL);
  sleeper__json_object_begin_as("agent");
  sleeper__json_string_as("version", SLEEPER_VERSION);
  sleeper__json_object_end_as();
  write_python_as();
  sleeper__limits_write_as();
  write_interpreters_as();
  sleeper__sockets_write_as();
  write_threads_as();
  sleeper__greenlets_write_as();
  sleeper__tasks_write_as();
  if ((sleeper_control.flags & SLEEPER_GLOBALS) != 0) sleeper__modules_write_as();
  sleeper__warnings_write_as("warnings");
  sleeper__json_object_end_as();
}
