/* live_gil.h: can the GIL be had? PyGILState_Ensure() cannot be given up, so this is found out before. */
#ifndef SLEEPER_LIVE_GIL_H
#define SLEEPER_LIVE_GIL_H

#include <stdbool.h>
#include <stdint.h>

enum live_gil {
  LIVE_GIL_COMES,      /* it is free, or its holder runs bytecode and will give it up when asked */
  LIVE_GIL_STANDS,     /* nothing moved until the deadline, or the caller gave up */
  LIVE_GIL_FINALIZING, /* the interpreter is ending: who asks for the GIL now never comes back */
};

/* Looks, without the GIL and without a lock, until one of these is so. `give_up` is asked in between. */
enum live_gil sleeper__live_gil_wait(int64_t deadline, bool (*give_up)(const void *), const void *argument);

/* The thread that holds the GIL, by what Python calls it; 0: nobody, or it cannot be told. */
uint64_t sleeper__live_gil_holder(void);

bool sleeper__live_finalizing(void);

#endif
