/* live_threads.h: the GIL of a program without threads, on 2.7 and 3.6. */
#ifndef SLEEPER_LIVE_THREADS_H
#define SLEEPER_LIVE_THREADS_H

#include <stdint.h>

/* Up to 3.6 there is no GIL until the first thread is made, and its thread is taken for the main one. So
 * it is made here, on the main thread, which the debugger has borrowed; or, when that is another thread,
 * as soon as the main thread runs bytecode. Returns 0, or -EBUSY: not at this moment. Takes no lock. */
int64_t sleeper__live_make_gil(void);

#endif
