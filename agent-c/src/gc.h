/* gc.h: the state of the garbage collector. */
#ifndef SLEEPER_GC_H
#define SLEEPER_GC_H

#include "memory.h"

/* Writes the member "gc" of an interpreter; what this version keeps where nothing points to is null. */
void sleeper__gc_write_as(address_t interpreter);

#endif
