/* task_json.h: what is told of one task. */
#ifndef SLEEPER_TASK_JSON_H
#define SLEEPER_TASK_JSON_H

#include "asyncio_futures.h"
#include "interpreters.h"

/* Writes a task as an element of the array that is open; sleeper__loops_find_as() has been called. */
void sleeper__task_write_as(const struct sleeper__interpreter *interpreter,
                            const struct sleeper__future *task);

#endif
