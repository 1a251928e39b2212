/* celery.h: what the main process of a Celery worker has given its pool of processes to do. */
#ifndef SLEEPER_CELERY_H
#define SLEEPER_CELERY_H

#include "frames.h"

/* Writes the member "pool" (pools.h) of the frame of the worker's event loop: "work" has the ids of the tasks
 * that no process has begun. "most" is null where processes may be added, or a task that was begun has a time
 * limit. */
void sleeper__celery_pool_write_as(const struct sleeper__frame *frame);

#endif
