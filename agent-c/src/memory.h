/* memory.h: reading the target's own memory without ever faulting on it.
 *
 * Everything that CPython owns may be half updated at the moment of the stop, so no pointer found in
 * it is followed before its page is known to be readable. While the process is stopped its mappings
 * cannot change, so a page is probed once a request and the answer remembered.
 */
#ifndef SLEEPER_MEMORY_H
#define SLEEPER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uintptr_t address_t;

/* Forgets which pages were readable. To be called at the start of each request. */
void sleeper__memory_reset_as(void);

/* Are all `size` bytes from `address` on readable? */
bool sleeper__readable_as(address_t address, size_t size);

/* Copies `size` bytes; returns false, with `*to` untouched, when any of them is unreadable. */
bool sleeper__read_as(address_t from, void *to, size_t size);

/* Each returns false, with `*to` untouched, when the memory is unreadable. */
bool sleeper__read_pointer_as(address_t from, address_t *to);
bool sleeper__read_u8_as(address_t from, uint8_t *to);
bool sleeper__read_u16_as(address_t from, uint16_t *to);
bool sleeper__read_u32_as(address_t from, uint32_t *to);
bool sleeper__read_i32_as(address_t from, int32_t *to);
bool sleeper__read_u64_as(address_t from, uint64_t *to);
bool sleeper__read_i64_as(address_t from, int64_t *to);

/* Copies a NUL-terminated string of at most `size` - 1 bytes, truncating a longer one.
 * Returns false when a byte before the end is unreadable. */
bool sleeper__read_c_string_as(address_t from, char *to, size_t size);

#endif
