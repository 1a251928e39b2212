/* asyncio_tasks.h: the tasks of asyncio. */
#ifndef SLEEPER_ASYNCIO_TASKS_H
#define SLEEPER_ASYNCIO_TASKS_H

/* Writes the section "tasks": those of all event loops that are not done, and "tasksTruncated" where there
 * are more than are described. */
void sleeper__tasks_write_as(void);

#endif
