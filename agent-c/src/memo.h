/* memo.h: members of the answer that were written before, to be repeated instead of worked out again.
 *
 * In a pool of threads most frames and many objects are the same; while the process is stopped what is
 * printed of one stays the same too. The time that this saves is time in which the target stands.
 */
#ifndef SLEEPER_MEMO_H
#define SLEEPER_MEMO_H

#include "memory.h"

/* Writes the members remembered for (key, variant) into the open object; false when there are none. */
bool sleeper__memo_repeat_as(address_t key, uint64_t variant);

/* Members that are written between begin and end are remembered; `begin` is what begin gave. */
size_t sleeper__memo_begin_as(void);
void sleeper__memo_end_as(address_t key, uint64_t variant, size_t begin);

#endif
