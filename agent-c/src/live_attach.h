/* live_attach.h: Python for a thread of ours: a thread state and the GIL. */
#ifndef SLEEPER_LIVE_ATTACH_H
#define SLEEPER_LIVE_ATTACH_H

/* Waits for the GIL, see live_gil.h; ends the thread if the interpreter is ending. NULL: no thread state is
 * to be had, and the GIL was not taken. */
void *sleeper__live_attach(void);
/* Gives both back. */
void sleeper__live_detach(void *state);

/* Around a fork, by the thread that forks. */
void sleeper__live_attach_before_fork(void);
void sleeper__live_attach_after_fork(void);

#endif
