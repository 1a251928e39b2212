/* stack_locks.h: the locks that a frame's value stack refers to. */
#ifndef SLEEPER_STACK_LOCKS_H
#define SLEEPER_STACK_LOCKS_H

#include "frames.h"

/* Writes the member "stackLocks" when there are any: the locks of the with statements that the frame is in.
 */
void sleeper__stack_locks_write_as(const struct sleeper__frame *frame);

/* Writes the member "calledLocks" when there are any: those that the whole stack refers to, what is stale of
 * it too. If the frame is blocked in the call of a lock's method, or in entering a with statement, that lock
 * is among them; it is the one whose `futex` the thread waits on. */
void sleeper__called_locks_write_as(const struct sleeper__frame *frame);

/* Where the room for the frame's value stack ends, which begins behind its variables; 0: not known. */
address_t sleeper__value_stack_end_as(const struct sleeper__frame *frame);

#endif
