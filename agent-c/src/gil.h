/* gil.h: the global interpreter lock. */
#ifndef SLEEPER_GIL_H
#define SLEEPER_GIL_H

#include "memory.h"

/* The PyThreadState that holds the GIL of this interpreter; 0 when nobody does. */
address_t sleeper__gil_holder_as(address_t interpreter);

/* The condition that those wait on who want the GIL, and how many bytes it has with what else they may wait
 * on for it; 0: it cannot be found in this version. */
address_t sleeper__gil_condition_as(address_t interpreter, uint32_t *bytes);

/* Writes the member "gil". */
void sleeper__gil_write_as(address_t interpreter);

#endif
