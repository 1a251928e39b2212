/* raised.h: the exceptions of a thread. */
#ifndef SLEEPER_RAISED_H
#define SLEEPER_RAISED_H

#include "memory.h"

/* The exception that the thread is handling (sys.exc_info()[1]); its type where there is no value; 0 for
 * none. */
address_t sleeper__exception_handled_as(address_t thread_state);
/* The exception that is on its way and not yet caught; its type where there is no value yet; 0 for none. */
address_t sleeper__exception_raised_as(address_t thread_state);

#endif
