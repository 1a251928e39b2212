/* hashes.h: the hash of a str as this Python computes it, which tells where in a dict it is. */
#ifndef SLEEPER_HASHES_H
#define SLEEPER_HASHES_H

#include "memory.h"

/* False when it is not known how this Python hashes. */
bool sleeper__hash_as(const char *ascii, uint64_t *hash);

/* The hash that a str keeps of itself; all ones when it was never asked for it. */
bool sleeper__hash_kept_as(address_t str, uint64_t *hash);

/* Python can be built with another algorithm, so no hash is believed in until one was seen to be as
 * expected. Any key of a dict will do, if it is a str; one that is none teaches nothing. */
bool sleeper__hash_known_as(void);
void sleeper__hash_learn_as(address_t key);

#endif
