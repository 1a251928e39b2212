/* frames.h: the Python frames of a thread, innermost first. */
#ifndef SLEEPER_FRAMES_H
#define SLEEPER_FRAMES_H

#include "memory.h"

/* One frame, whatever CPython's version calls it: a PyFrameObject up to 3.10, a _PyInterpreterFrame since. */
struct sleeper__frame {
  address_t address;
  address_t code;
  address_t globals;
  address_t locals;      /* the mapping of a class body, exec or module; 0 for a function */
  address_t fast_locals; /* f_localsplus */
  int64_t instruction;   /* byte offset of the current instruction; -1: has not begun */
  int32_t line;          /* that tracing set, else -1: to be looked up */
  bool entry;    /* has a C frame of its own: was not called by the same run of the interpreter loop */
  bool readable; /* false: only the address is known, and the walk ends here */
};

/* for (ok = first(thread_state, &f); ok; ok = next(&f)). Ends at `max_frames`; truncated() then says so. */
bool sleeper__frame_first_as(address_t thread_state, struct sleeper__frame *frame);
bool sleeper__frame_next_as(struct sleeper__frame *frame);
bool sleeper__frames_truncated_as(void);

/* A part of a C stack that was moved away, and where its bytes are now: from 3.12 on frames of the
 * interpreter's own lie on the C stack. */
struct sleeper__moved_stack {
  address_t start, size, copy;
};
/* As frame_first, but from a frame object on, whose stack may have been moved. */
bool sleeper__frame_first_of_as(address_t frame_object, const struct sleeper__moved_stack *moved,
                                struct sleeper__frame *frame);

/* Describes the frame at an address, wherever it was found; see `readable`. */
void sleeper__frame_at_as(address_t address, struct sleeper__frame *frame);

/* The line that the frame is at; see line_tables.h. */
struct sleeper__location;
void sleeper__frame_location_as(const struct sleeper__frame *frame, struct sleeper__location *location);

#endif
