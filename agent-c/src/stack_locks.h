/* stack_locks.h: the locks that a frame holds in with statements, as its value stack tells. */
#ifndef SLEEPER_STACK_LOCKS_H
#define SLEEPER_STACK_LOCKS_H

#include "frames.h"

/* Writes the member "stackLocks" when there are any. */
void sleeper__stack_locks_write_as(const struct sleeper__frame *frame);

#endif
