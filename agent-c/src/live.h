/* live.h: the live tier, a thread of the agent's own that runs Python while the process runs on.
 *
 * A session has one service thread, which never touches Python and is never blocked. For each request it
 * starts an evaluator thread, which holds a thread state only until it has the answer, so that between
 * requests Python sees no thread of ours. An evaluator that a deadline cannot reach is abandoned and ends
 * by itself when its call returns.
 *
 * Nothing here runs while the process is stopped, but for sleeper__live_start(), which a debugger lets a
 * thread of the process call at a safe moment (not inside the allocator or the dynamic loader).
 */
#ifndef SLEEPER_LIVE_H
#define SLEEPER_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes the pipes and starts the service thread. Returns 0, or -errno; -EALREADY when a session is open. */
int64_t sleeper__live_start(void);

#define LIVE_MILLISECOND INT64_C(1000000) /* in the nanoseconds of sleeper__live_now() */

/* CLOCK_MONOTONIC. */
int64_t sleeper__live_now(void);
/* Sleeps, or less when interrupted. */
void sleeper__live_sleep(int64_t nanoseconds);
int32_t sleeper__live_tid(void);
/* Zeroed memory of its own; NULL when there is none. */
void *sleeper__live_map(size_t bytes);
void sleeper__live_unmap(void *memory, size_t bytes);

/* Starts a detached thread with a stack of `stack_bytes`. Returns 0 or a positive errno. */
int sleeper__live_thread(void *(*routine)(void *), void *argument, size_t stack_bytes);

#define SLEEPER_STACK_OF_SERVICE ((size_t)256 << 10)

/* The cached function of live.py was made by an interpreter that is no more, or is no longer wanted. */
void sleeper__live_forget(void);

#endif
