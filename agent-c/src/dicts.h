/* dicts.h: what those who know the tables of dicts need beside objects.h. */
#ifndef SLEEPER_DICTS_H
#define SLEEPER_DICTS_H

#include "objects.h"

/* Iterates over values that share their keys with other instances of a class (PEP 412). `used` is
 * the number of values set, where that is known, else an upper bound. */
bool sleeper__dict_begin_split_as(address_t keys, address_t values, struct sleeper__dict_cursor *cursor);

/* The entry at an index of the table; key or value are 0 when it is free. */
bool sleeper__dict_entry_as(const struct sleeper__dict_cursor *cursor, uint64_t index, address_t *key,
                            address_t *value);

/* The value of this very key, whose hash is known. */
bool sleeper__dict_find_key_as(const struct sleeper__dict_cursor *cursor, address_t key, uint64_t hash,
                               address_t *value);
/* The value of the key that is this ASCII text. The cursor must not have been moved. */
bool sleeper__dict_find_name_as(const struct sleeper__dict_cursor *cursor, const char *name,
                                address_t *value);

#endif
