/* call.h: what the entry stub (entry_*.S) keeps of the thread that it runs on. */
#ifndef SLEEPER_CALL_H
#define SLEEPER_CALL_H

#include <stdint.h>

/* The stub knows the offsets of these. */
struct sleeper__call {
  uintptr_t stack_top;
  uintptr_t interrupted_sp;
  uintptr_t frame;     /* on the agent's stack: the registers that the stub pushed */
  uintptr_t resume_pc; /* where to go on, when the thread goes back by itself */
  /* Sets of signals: those that are blocked during a call; what the borrowed thread had blocked before, and
   * what it has blocked when the call is over. */
  uint64_t blocked, mask_before, mask_at_end;
  uint32_t announced; /* the signal that says that the call is over could be sent */
  uint32_t unused;
  uintptr_t scratch[7];
};

extern struct sleeper__call sleeper__call __attribute__((visibility("hidden")));

/* Serves the request in sleeper_control. */
void sleeper__call_serve_as(void);

/* Sends the signal that says that the call is over; it comes when it is not blocked any more. */
void sleeper__call_announce_as(void);

/* Nobody was there to stop at the signal: gets the thread ready to go back to what was interrupted. */
void sleeper__call_resume_as(void);

#endif
