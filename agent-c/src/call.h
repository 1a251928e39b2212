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
  uintptr_t tid;       /* of the borrowed thread */
};

extern struct sleeper__call sleeper__call __attribute__((visibility("hidden")));

/* Serves the request in sleeper_control, and sees to it that the signal that will say so can be
 * delivered. */
void sleeper__call_serve_as(void);

/* Nobody was there to stop at the signal: gets the thread ready to go back to what was interrupted. */
void sleeper__call_resume_as(void);

#endif
