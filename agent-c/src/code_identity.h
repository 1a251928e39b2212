/* code_identity.h: telling code objects apart that lie at the same address one after the other. */
#ifndef SLEEPER_CODE_IDENTITY_H
#define SLEEPER_CODE_IDENTITY_H

#include "memory.h"

/* A hash of all that is told of a code object: its names, its file, its lines. A code object is another one
 * if this is another. */
uint64_t sleeper__code_identity_as(address_t code);

#endif
