/* asyncio_callbacks.h: what comes to pass when a task is done. */
#ifndef SLEEPER_ASYNCIO_CALLBACKS_H
#define SLEEPER_ASYNCIO_CALLBACKS_H

#include "asyncio_futures.h"

/* Writes the members "awaited": does anything come to pass at all?, and "completes": the addresses of the
 * futures that the callbacks of a task set, as far as they can be seen: gather(), wait(), wait_for(),
 * shield() and TaskGroup wait for such a future. */
void sleeper__callbacks_write_as(const struct sleeper__future *task);

#endif
