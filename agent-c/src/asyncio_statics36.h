/* asyncio_statics36.h: what Modules/_asynciomodule.c of 3.6 keeps in static variables that have no symbol. */
#ifndef SLEEPER_ASYNCIO_STATICS36_H
#define SLEEPER_ASYNCIO_STATICS36_H

#include "memory.h"

/* all_tasks, a weakref.WeakSet, and current_tasks, a dict of event loops and the tasks that run now; either
 * may be NULL. `module` is the dict of asyncio.tasks. False when they are not found. */
bool sleeper__statics36_find_as(address_t module, address_t *all_tasks, address_t *current_tasks);

#endif
