/* celery.h: what a worker of Celery has given its pool of processes, or of threads, to do. */
#ifndef SLEEPER_CELERY_H
#define SLEEPER_CELERY_H

#include "frames.h"

/* Writes the member "pool" (pools.h) of the frame of the worker's event loop: "work" has the ids of the tasks
 * that no process has begun. "most" is null where processes may be added, or a task that was begun has a time
 * limit. */
void sleeper__celery_pool_write_as(const struct sleeper__frame *frame);

/* The id of the task that a piece of work in the queue of a pool of threads is, as a str; 0: it is none of
 * Celery's. */
address_t sleeper__celery_task_of_work_as(address_t item);

#endif
