/* statics.h: variables of CPython 2.7 and 3.6 that have no symbol in the process: where the locks of the GIL
 * and of the imports lie. They are found when the library is loaded, with the symbols. */
#ifndef SLEEPER_STATICS_H
#define SLEEPER_STATICS_H

#include <stdbool.h>

#include "memory.h"

/* To be called once, when `sleeper__symbols` is known. Asks the dynamic loader. */
void sleeper__statics_learn(uint32_t version);

/* The memory that a thread's futex lies in while it waits for the GIL; false: not known. Not for 3.7 and
 * later. */
bool sleeper__static_gil_as(address_t *start, uint32_t *bytes);

/* The value of the i-th variable that the functions of the import lock of 2.7 work on: the lock, the ident of
 * the thread that has it and how often are among them; false: there are no more. */
bool sleeper__static_import_lock_as(uint32_t i, uint64_t *value);

#endif
