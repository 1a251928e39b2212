/* asyncio_futures.h: the futures and tasks of asyncio, those in C (Modules/_asynciomodule.c) and those
 * written in Python (Lib/asyncio). */
#ifndef SLEEPER_ASYNCIO_FUTURES_H
#define SLEEPER_ASYNCIO_FUTURES_H

#include "objects.h"

enum sleeper__future_state { SLEEPER_FUTURE_PENDING, SLEEPER_FUTURE_CANCELLED, SLEEPER_FUTURE_FINISHED };

/* An address is 0 for what is not there. */
struct sleeper__future {
  struct sleeper__object object;
  bool is_task;
  enum sleeper__future_state state;
  address_t loop;
  address_t callbacks[2];     /* a callback, or a list of them */
  address_t source_traceback; /* where it was made, in debug mode: a list of FrameSummary */
  /* Of a task: */
  address_t future; /* what it waits for */
  address_t coroutine;
  address_t name; /* a str; see sleeper__task_number_as() */
};

/* False when it is none, or contradicts itself. */
bool sleeper__future_as(address_t address, struct sleeper__future *future);

/* Has nobody given the task a name, so that it is Task-NUMBER, made when it is asked for (3.12 and later)? */
bool sleeper__task_number_as(const struct sleeper__future *task, int64_t *number);

#endif
