/* accessor.h: the one exception to "no CPython function is called". */
#ifndef SLEEPER_ACCESSOR_H
#define SLEEPER_ACCESSOR_H

#include <stdint.h>

/* Calls a function of CPython that does nothing but return a static variable which nothing exports:
 * PyInterpreterState_Head() (Python/pystate.c of 2.7 and 3.6) and _PyEval_GetSwitchInterval()
 * (Python/ceval_gil.h of 3.6). No lock is taken, nothing is written. `function` is not 0. */
uintptr_t sleeper__call_accessor_as(uintptr_t function);

#endif
