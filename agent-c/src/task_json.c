#include "task_json.h"

#include "asyncio_callbacks.h"
#include "asyncio_loops.h"
#include "frame_json.h"
#include "generators.h"
#include "layout.h"
#include "limits.h"
#include "values.h"
#include "writer.h"

#define MAX_NAME 512
#define MAX_TEXT 4096
/* Frames of one task that can be described: of more the innermost ones. */
#define MAX_FRAMES 1024u
/* No chain of coroutines is followed any further. */
#define MAX_CHAIN 100000u
#define MAX_CREATION_FRAMES 16
/* Slots of a value stack that are looked through for a timeout. */
#define MAX_SLOTS 64

/* The frames of the coroutines that wait for each other, outermost first, as a ring. */
static address_t frames[MAX_FRAMES];
static uint32_t frame_count; /* all, also those that are no more in the ring */
static bool has_timeout;

static bool is_generator_as(const struct sleeper__object *object) {
  return object->kind == SLEEPER_KIND_GENERATOR || object->kind == SLEEPER_KIND_COROUTINE ||
         object->kind == SLEEPER_KIND_ASYNC_GENERATOR;
}

/* Is the frame inside of an `async with timeout()`? Then its stack has __aexit__, bound to a Timeout of
 * asyncio.timeouts or async_timeout, and from 3.14 on the Timeout itself. */
static bool in_timeout_as(const struct sleeper__frame *frame) {
  struct sleeper__object object;
  address_t bottom, top, address;
  if (!sleeper__suspended_stack_as(frame, &bottom, &top)) return false;
  for (uint32_t i = 0; i < MAX_SLOTS && bottom + i * sizeof(address_t) < top; i++) {
    if (!sleeper__read_pointer_as(bottom + i * sizeof(address_t), &address)) return false;
    if (HAS(stackref_tag_mask)) address &= ~(address_t)sleeper__layout.stackref_tag_mask;
    if (!sleeper__object_as(address, &object)) continue;
    if (object.kind == SLEEPER_KIND_METHOD &&
        (!sleeper__read_pointer_as(AT(address, method_self), &address) ||
         !sleeper__object_as(address, &object)))
      continue;
    if (sleeper__type_is_as(object.type, "asyncio.timeouts", "Timeout") ||
        sleeper__type_is_as(object.type, "async_timeout", "Timeout"))
      return true;
  }
  return false;
}

/* Follows what each coroutine waits for. */
static void find_frames_as(address_t coroutine) {
  struct sleeper__object object;
  struct sleeper__frame frame;
  frame_count = 0;
  has_timeout = false;
  for (address_t at = coroutine; sleeper__object_as(at, &object) && is_generator_as(&object);) {
    if (frame_count == MAX_CHAIN) {
      sleeper__warn_as("tasks", "coroutines wait for each other without end in the task", coroutine);
      return;
    }
    if (sleeper__generator_state_as(at) == sleeper__generator_closed ||
        !sleeper__generator_frame_as(at, &frame))
      return;
    frames[frame_count++ % MAX_FRAMES] = frame.address;
    if (!frame.readable) return;
    address_t awaited = sleeper__generator_awaited_as(at);
    if (awaited == 0) return;
    if (!has_timeout) has_timeout = in_timeout_as(&frame);
    at = sleeper__awaitable_inside_as(awaited);
  }
}

/* Innermost first. */
static void write_frames_as(bool running) {
  struct sleeper__frame frame;
  uint32_t most = sleeper__limits.max_frames < MAX_FRAMES ? sleeper__limits.max_frames : MAX_FRAMES;
  uint32_t shown = 0, total = running ? 0 : frame_count;
  sleeper__json_array_begin_as("frames");
  for (; shown < total && shown < most && !sleeper__writer_full_as(); shown++) {
    sleeper__frame_at_as(frames[(total - 1 - shown) % MAX_FRAMES], &frame);
    sleeper__frame_write_as(&frame, false);
  }
  sleeper__json_array_end_as();
  if (shown == total) return;
  sleeper__json_object_begin_as("framesTruncated");
  sleeper__json_uint_as("shown", shown);
  sleeper__json_object_end_as();
}

static void write_name_as(const struct sleeper__future *task) {
  int64_t number;
  if (!sleeper__task_number_as(task, &number)) {
    sleeper__json_text_member_as("name", task->name, MAX_TEXT);
    return;
  }
  sleeper__json_string_begin_as("name");
  sleeper__text_ascii_as("Task-");
  sleeper__text_int_as(number);
  sleeper__json_string_end_as();
}

static void write_coroutine_as(address_t coroutine) {
  struct sleeper__object object;
  if (sleeper__object_as(coroutine, &object) && is_generator_as(&object))
    sleeper__json_text_member_as("coroutine", sleeper__generator_name_as(coroutine), MAX_TEXT);
  else
    sleeper__json_null_as("coroutine");
}

/* What the task has handed to the loop to be waited for. */
static void write_awaited_as(address_t address) {
  static const char *const states[] = {"pending", "cancelled", "finished"};
  struct sleeper__future future;
  char name[MAX_NAME];
  if (!sleeper__future_as(address, &future)) {
    sleeper__json_null_as("waitsFor");
    return;
  }
  sleeper__json_object_begin_as("waitsFor");
  sleeper__json_address_as("address", address);
  sleeper__json_string_as("type", sleeper__type_name_as(future.object.type, name, sizeof name) ? name : "?");
  sleeper__json_bool_as("task", future.is_task);
  sleeper__json_string_as("state", states[future.state]);
  sleeper__json_object_end_as();
}

/* A FrameSummary (Lib/traceback.py) has slots. */
static void write_creation_frame_as(address_t summary) {
  struct sleeper__slot_cursor cursor;
  char name[16];
  address_t value, function = 0, file = 0;
  int64_t line = -1;
  sleeper__slots_begin_as(summary, &cursor);
  while (sleeper__slots_next_as(&cursor, name, sizeof name, &value)) {
    if (name[0] == 'n') function = value;                                /* name */
    if (name[0] == 'f') file = value;                                    /* filename */
    if (name[0] == 'l' && name[1] == 'i') sleeper__int_as(value, &line); /* lineno */
  }
  sleeper__json_object_begin_as(NULL);
  sleeper__json_name_as("function", function, MAX_TEXT);
  sleeper__json_name_as("file", file, MAX_TEXT);
  if (line >= 0)
    sleeper__json_int_as("line", line);
  else
    sleeper__json_null_as("line");
  sleeper__json_object_end_as();
}

static void write_creation_as(address_t traceback) {
  struct sleeper__object object;
  address_t items, summary;
  int64_t size;
  if (traceback == 0 || !sleeper__object_as(traceback, &object) || object.kind != SLEEPER_KIND_LIST ||
      !sleeper__object_size_as(traceback, &size) ||
      !sleeper__read_pointer_as(AT(traceback, list_items), &items))
    return;
  sleeper__json_array_begin_as("created");
  for (int64_t i = 1; i <= size && i <= MAX_CREATION_FRAMES; i++)
    if (sleeper__read_pointer_as(items + (address_t)(size - i) * sizeof(address_t), &summary))
      write_creation_frame_as(summary);
  sleeper__json_array_end_as();
}

void sleeper__task_write_as(const struct sleeper__interpreter *interpreter,
                            const struct sleeper__future *task) {
  char name[MAX_NAME];
  uint64_t ident;
  address_t coroutine = sleeper__awaitable_inside_as(task->coroutine);
  bool running = sleeper__task_is_running_as(task->object.address, task->loop);
  sleeper__json_object_begin_as(NULL);
  sleeper__json_int_as("interpreter", interpreter->id);
  sleeper__json_address_as("address", task->object.address);
  sleeper__json_string_as("type", sleeper__type_name_as(task->object.type, name, sizeof name) ? name : "?");
  write_name_as(task);
  write_coroutine_as(coroutine);
  sleeper__json_address_as("loop", task->loop);
  if (sleeper__loop_thread_as(task->loop, &ident))
    sleeper__json_uint_as("ident", ident);
  else
    sleeper__json_null_as("ident");
  sleeper__json_bool_as("running", running);
  find_frames_as(coroutine);
  write_awaited_as(task->future);
  sleeper__callbacks_write_as(task);
  sleeper__json_bool_as("timeout", has_timeout);
  write_creation_as(task->source_traceback);
  write_frames_as(running);
  sleeper__json_object_end_as();
}
