/* frame_json.h: what is told of one frame. */
#ifndef SLEEPER_FRAME_JSON_H
#define SLEEPER_FRAME_JSON_H

#include "frames.h"

/* Writes a frame as an element of the array that is open: its place, and what the request asks for. Of the
 * innermost frame of a thread, the locks on its value stack too. */
void sleeper__frame_write_as(const struct sleeper__frame *frame, bool innermost);

#endif
