/* live_fork.h: the child of a fork during a session has nothing of it. */
#ifndef SLEEPER_LIVE_FORK_H
#define SLEEPER_LIVE_FORK_H

#include <stdint.h>

/* Once in the life of the process, before the first pipe is made. Returns 0 or -errno. */
int64_t sleeper__live_fork_prepare(void);

#endif
