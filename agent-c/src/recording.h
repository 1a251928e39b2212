/* recording.h: what a recording remembers from sample to sample, and the log that tells it. The contract of
 * both is in sleeper.h.
 *
 * The memory is mapped when a recording begins and unmapped when it ends, so it costs nothing otherwise.
 * A child of the process does not get it. Its size never changes: what has no room is dropped and counted. */
#ifndef SLEEPER_RECORDING_H
#define SLEEPER_RECORDING_H

#include "../include/sleeper.h"
#include "frames.h"
#include "threads.h"

#define SLEEPER_NO_NUMBER UINT32_MAX

/* Makes the recording that sleeper_control asks for the one at hand, and begins it if need be. Returns NULL,
 * or why that is refused, a literal. */
const char *sleeper__recording_open_as(void);
/* Unmaps it, if it is the one that sleeper_control names. */
void sleeper__recording_end_as(void);

/* A sample. Between begin and end the functions below are called; when one of them finds no room the sample
 * fails. Then, after forget(), it can be begun again, with empty tables; or it is dropped. */
bool sleeper__recording_begin_sample_as(void);
bool sleeper__recording_end_sample_as(void);
void sleeper__recording_forget_as(void);
void sleeper__recording_drop_as(void);

void sleeper__recording_interpreter_as(const struct sleeper__interpreter *interpreter);
/* The number of a code object. */
uint32_t sleeper__recording_code_as(address_t code);
/* Is it the function whose variables are to be recorded? */
bool sleeper__recording_wants_variables_as(uint32_t code);
/* The number of what the variables of a frame are now. */
uint32_t sleeper__recording_variables_as(const struct sleeper__frame *frame);
/* The line of a place that was asked for before; -2: was not, or is forgotten; -1: it has none. */
int32_t sleeper__recording_known_line_as(uint32_t code, int64_t instruction);
void sleeper__recording_know_line_as(uint32_t code, int64_t instruction, int32_t line);
/* Where a frame is. */
struct sleeper__place {
  uint32_t code;
  int32_t line;       /* -1: none */
  bool entry;         /* see frames.h */
  uint32_t variables; /* the number of what they are; 0: not recorded */
};
/* The node for a call from `parent` (0: of the outermost frame). */
uint32_t sleeper__recording_node_as(uint32_t parent, const struct sleeper__place *place);
/* What a thread is doing now. */
void sleeper__recording_thread_as(const struct sleeper__interpreter *interpreter,
                                  const struct sleeper__thread *thread, uint32_t node);

#endif
