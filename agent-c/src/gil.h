/* gil.h: the global interpreter lock. */
#ifndef SLEEPER_GIL_H
#define SLEEPER_GIL_H

#include "memory.h"

/* The PyThreadState that holds the GIL of this interpreter; 0 when nobody does. */
address_t sleeper__gil_holder_as(address_t interpreter);

/* Where the futexes lie that those wait on who want the GIL, and over how many bytes; 0: it is not known. */
address_t sleeper__gil_locks_as(address_t interpreter, uint32_t *bytes);

/* Writes the member "gil". */
void sleeper__gil_write_as(address_t interpreter);

#endif
