/* import_lock.h: the one lock for all imports of CPython 2.7. From 3.3 on each module has one of its own. */
#ifndef SLEEPER_IMPORT_LOCK_H
#define SLEEPER_IMPORT_LOCK_H

#include "interpreters.h"

/* Writes the member "importLock": null when no thread of the interpreter has it, or it is not known. */
void sleeper__import_lock_write_as(const struct sleeper__interpreter *interpreter);

#endif
