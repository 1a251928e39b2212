/* dicts.h: what instances.c needs of dicts.c beside objects.h. */
#ifndef SLEEPER_DICTS_H
#define SLEEPER_DICTS_H

#include "objects.h"

/* Iterates over values that share their keys with other instances of a class (PEP 412). `used` is
 * the number of values set, where that is known, else an upper bound. */
bool sleeper__dict_begin_split_as(address_t keys, address_t values, struct sleeper__dict_cursor *cursor);

#endif
