/* asyncio_loops.h: which thread runs which event loop, and which task is running now. */
#ifndef SLEEPER_ASYNCIO_LOOPS_H
#define SLEEPER_ASYNCIO_LOOPS_H

#include "interpreters.h"

/* Looks at the threads of an interpreter; `module` is the dict of asyncio.tasks. */
void sleeper__loops_find_as(const struct sleeper__interpreter *interpreter, address_t module);

/* The ident of the thread that runs the loop; false: none does. */
bool sleeper__loop_thread_as(address_t loop, uint64_t *ident);
bool sleeper__task_is_running_as(address_t task, address_t loop);

#endif
