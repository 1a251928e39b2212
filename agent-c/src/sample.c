#include "sample.h"

#include "frames.h"
#include "limits.h"
#include "line_tables.h"
#include "recording.h"

#define MAX_FRAMES 4096u
/* Frames of one thread whose variables are recorded: a function may call itself. */
#define MAX_DESCRIBED 4u

/* Of the stack at hand, innermost first: the tree that it goes into begins at the other end. */
static struct sleeper__place places[MAX_FRAMES];
static const struct sleeper__place more_frames = {.code = SLEEPER_CODE_MORE, .line = -1};

static int32_t line_as(uint32_t code, const struct sleeper__frame *frame) {
  struct sleeper__location location;
  if (frame->line >= 0) return frame->line;
  int32_t line = sleeper__recording_known_line_as(code, frame->instruction);
  if (line != -2) return line;
  sleeper__frame_location_as(frame, &location);
  line = location.line > INT32_MAX || location.line < 0 ? -1 : (int32_t)location.line;
  sleeper__recording_know_line_as(code, frame->instruction, line);
  return line;
}

/* The node of a thread's stack, 0 for an empty one. */
static uint32_t stack_as(address_t thread_state) {
  struct sleeper__frame frame;
  uint32_t count = 0, described = 0;
  bool more = sleeper__frame_first_as(thread_state, &frame);
  for (; more && count < MAX_FRAMES; more = sleeper__frame_next_as(&frame), count++) {
    places[count].code =
        frame.readable ? sleeper__recording_code_as(frame.code) : (uint32_t)SLEEPER_CODE_UNREADABLE;
    if (places[count].code == SLEEPER_NO_NUMBER) return SLEEPER_NO_NUMBER;
    places[count].line = frame.readable ? line_as(places[count].code, &frame) : -1;
    places[count].entry = frame.readable && frame.entry;
    places[count].variables = 0;
    if (!frame.readable || described == MAX_DESCRIBED ||
        !sleeper__recording_wants_variables_as(places[count].code))
      continue;
    places[count].variables = sleeper__recording_variables_as(&frame);
    if (places[count].variables == SLEEPER_NO_NUMBER) return SLEEPER_NO_NUMBER;
    described++;
  }
  uint32_t node = 0;
  if (more || sleeper__frames_truncated_as()) node = sleeper__recording_node_as(node, &more_frames);
  while (count > 0 && node != SLEEPER_NO_NUMBER) {
    count--;
    node = sleeper__recording_node_as(node, &places[count]);
  }
  return node;
}

static bool attempt_as(void) {
  struct sleeper__interpreter interpreter;
  struct sleeper__thread thread;
  if (!sleeper__recording_begin_sample_as()) return false;
  for (bool more = sleeper__interpreter_first_as(&interpreter); more;
       more = sleeper__interpreter_next_as(&interpreter)) {
    sleeper__recording_interpreter_as(&interpreter);
    for (bool another = sleeper__thread_first_as(&interpreter, &thread); another;
         another = sleeper__thread_next_as(&interpreter, &thread))
      sleeper__recording_thread_as(&interpreter, &thread, stack_as(thread.state));
  }
  return sleeper__recording_end_sample_as();
}

void sleeper__sample_as(void) {
  if (attempt_as()) return;
  sleeper__recording_forget_as();
  if (!attempt_as()) sleeper__recording_drop_as();
}
