#include "frames.h"

#include "layout.h"
#include "limits.h"
#include "line_tables.h"
#include "symbols.h"

/* Frames in a row that are passed over; CPython has no more than two. */
#define MAX_PASSED_OVER 16

static uint32_t count; /* of the frames given so far */
static bool truncated;
static struct sleeper__moved_stack moved_stack; /* of the frames at hand */

/* Where the bytes at an address are now. */
static address_t moved_as(address_t address) {
  return address - moved_stack.start < moved_stack.size ? moved_stack.copy + (address - moved_stack.start)
                                                        : address;
}

static bool is_code_as(address_t object) {
  address_t type;
  return object != 0 && sleeper__read_pointer_as(AT(object, object_type), &type) &&
         type == sleeper__symbols.PyCode_Type;
}

/* PyFrameObject, up to 3.10. */
static void describe_object_as(struct sleeper__frame *frame) {
  address_t trace = 0;
  int32_t instruction, line;
  frame->readable = sleeper__read_pointer_as(AT(frame->address, frame_code), &frame->code) &&
                    is_code_as(frame->code) &&
                    sleeper__read_pointer_as(AT(frame->address, frame_globals), &frame->globals) &&
                    sleeper__read_pointer_as(AT(frame->address, frame_locals), &frame->locals) &&
                    sleeper__read_i32_as(AT(frame->address, frame_lasti), &instruction) &&
                    sleeper__read_i32_as(AT(frame->address, frame_lineno), &line);
  if (!frame->readable) return;
  frame->fast_locals = AT(frame->address, frame_localsplus);
  frame->entry = true; /* every call of a Python function runs an interpreter loop of its own */
  /* f_lasti counts code units of two bytes in 3.10, bytes before (PyFrame_GetLineNumber). */
  frame->instruction = SINCE(3, 10) && instruction > 0 ? 2 * (int64_t)instruction : instruction;
  /* f_lineno is only kept while a trace function is set; 3.10 clears it otherwise. */
  sleeper__read_pointer_as(AT(frame->address, frame_trace), &trace);
  frame->line = SINCE(3, 10) ? (line != 0 ? line : -1) : (trace != 0 ? line : -1);
}

/* The frame that the interpreter itself puts under an entry from C (3.12+), to be passed over. */
static bool is_shim_as(address_t iframe) {
  uint8_t owner;
  return sleeper__read_u8_as(moved_as(AT(iframe, iframe_owner)), &owner) &&
         (owner == sleeper__layout.iframe_owner_cstack || owner == sleeper__layout.iframe_owner_interpreter);
}

/* Made, but its code has not yet come to the first traceable instruction: CPython does not show it
 * either (_PyFrame_IsIncomplete, pycore_frame.h). */
static bool is_incomplete_as(const struct sleeper__frame *frame) {
  int32_t first_traceable;
  uint8_t owner;
  return HAS(code_firsttraceable) && sleeper__read_u8_as(AT(frame->address, iframe_owner), &owner) &&
         owner != sleeper__layout.iframe_owner_generator &&
         sleeper__read_i32_as(AT(frame->code, code_firsttraceable), &first_traceable) &&
         frame->instruction < 2 * (int64_t)first_traceable;
}

static bool is_entry_as(address_t iframe) {
  address_t previous = 0;
  uint8_t entry = 0;
  if (HAS(iframe_is_entry)) return sleeper__read_u8_as(AT(iframe, iframe_is_entry), &entry) && entry != 0;
  return sleeper__read_pointer_as(AT(iframe, iframe_previous), &previous) &&
         (previous == 0 || is_shim_as(previous));
}

/* _PyInterpreterFrame, from 3.11 on. */
static void describe_iframe_as(struct sleeper__frame *frame) {
  address_t instruction;
  address_t mask = HAS(stackref_tag_mask) ? ~(address_t)sleeper__layout.stackref_tag_mask : ~(address_t)0;
  frame->readable = sleeper__read_pointer_as(AT(frame->address, iframe_code), &frame->code) &&
                    is_code_as(frame->code &= mask) &&
                    sleeper__read_pointer_as(AT(frame->address, iframe_globals), &frame->globals) &&
                    sleeper__read_pointer_as(AT(frame->address, iframe_locals), &frame->locals) &&
                    sleeper__read_pointer_as(AT(frame->address, iframe_instr), &instruction);
  if (!frame->readable) return;
  frame->fast_locals = AT(frame->address, iframe_localsplus);
  frame->instruction = (int64_t)(instruction - AT(frame->code, code_instructions));
  frame->line = -1;
  frame->entry = is_entry_as(frame->address);
}

/* Is it one that a person would call a frame? Describes it if so. */
static bool is_shown_as(address_t address, struct sleeper__frame *frame) {
  if (HAS(iframe_code) && is_shim_as(address)) return false;
  sleeper__frame_at_as(address, frame);
  return !HAS(iframe_code) || !frame->readable || !is_incomplete_as(frame);
}

static bool describe_as(address_t address, struct sleeper__frame *frame) {
  uint32_t passed_over = 0;
  while (address != 0 && !is_shown_as(address, frame)) {
    if (!sleeper__read_pointer_as(moved_as(AT(address, iframe_previous)), &address)) return false;
    if (++passed_over > MAX_PASSED_OVER) {
      truncated = true;
      return false;
    }
  }
  if (address == 0) return false;
  truncated = count >= sleeper__limits.max_frames;
  count++;
  return !truncated;
}

void sleeper__frame_at_as(address_t address, struct sleeper__frame *frame) {
  *frame = (struct sleeper__frame){.address = address, .line = -1};
  if (HAS(iframe_code))
    describe_iframe_as(frame);
  else
    describe_object_as(frame);
}

static bool first_address_as(address_t state, address_t *address) {
  address_t cframe;
  if (HAS(tstate_frame)) return sleeper__read_pointer_as(AT(state, tstate_frame), address);
  if (HAS(tstate_current_frame)) return sleeper__read_pointer_as(AT(state, tstate_current_frame), address);
  return sleeper__read_pointer_as(AT(state, tstate_cframe), &cframe) &&
         sleeper__read_pointer_as(AT(cframe, cframe_current_frame), address);
}

static void begin_as(const struct sleeper__moved_stack *moved) {
  moved_stack = *moved;
  count = 0;
  truncated = false;
}

bool sleeper__frame_first_as(address_t thread_state, struct sleeper__frame *frame) {
  address_t address;
  begin_as(&(struct sleeper__moved_stack){0, 0, 0});
  return first_address_as(thread_state, &address) && describe_as(address, frame);
}

bool sleeper__frame_first_of_as(address_t frame_object, const struct sleeper__moved_stack *moved,
                                struct sleeper__frame *frame) {
  begin_as(moved);
  if (HAS(frameobject_iframe) &&
      !sleeper__read_pointer_as(AT(frame_object, frameobject_iframe), &frame_object))
    return false;
  return describe_as(frame_object, frame);
}

bool sleeper__frame_next_as(struct sleeper__frame *frame) {
  address_t previous;
  if (!frame->readable) return false; /* what was no frame has no caller either */
  address_t link =
      HAS(iframe_previous) ? AT(frame->address, iframe_previous) : AT(frame->address, frame_back);
  return sleeper__read_pointer_as(link, &previous) && describe_as(previous, frame);
}

bool sleeper__frames_truncated_as(void) {
  return truncated;
}

void sleeper__frame_location_as(const struct sleeper__frame *frame, struct sleeper__location *location) {
  if (frame->line >= 0)
    *location = (struct sleeper__location){frame->line, -1, -1, -1};
  else
    sleeper__location_as(frame->code, frame->instruction, location);
}
