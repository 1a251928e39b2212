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

/* Between begin and end, more pages may be read than can be remembered: of two that have the same place in
 * the table, the later one is. */
void sleeper__memory_sweep_as(bool begin);

/* Counts the requests: what was learnt of the target's objects in another one may be true no more. */
extern uint64_t sleeper__request;

#define SLEEPER_PAGE_BYTES ((address_t)4096)

/* Pages that were found readable lately, by their number: the first look at an address, inlined, for
 * nearly all of what is read lies on a few pages. */
#define SLEEPER_RECENT_PAGES 256
extern address_t sleeper__recent_pages[SLEEPER_RECENT_PAGES];

/* Asks the kernel whether a page is readable. In a file of its own: the fuzzer answers in its place. */
bool sleeper__probe_page_as(address_t page);

/* The second look. */
bool sleeper__probe_pages_as(address_t address, size_t size);

/* Are all `size` bytes from `address` on readable? */
static inline bool sleeper__readable_as(address_t address, size_t size) {
  address_t page = address / SLEEPER_PAGE_BYTES;
  if (sleeper__recent_pages[page % SLEEPER_RECENT_PAGES] == page && page != 0 &&
      size <= SLEEPER_PAGE_BYTES - address % SLEEPER_PAGE_BYTES)
    return true;
  return sleeper__probe_pages_as(address, size);
}

/* Copies `size` bytes; returns false, with `*to` untouched, when any of them is unreadable. */
static inline bool sleeper__read_as(address_t from, void *to, size_t size) {
  if (!sleeper__readable_as(from, size)) return false;
  __builtin_memcpy(to, (const void *)from, size);
  return true;
}

/* The same for one number: sleeper__read_pointer_as(address_t from, address_t *to) ... */
#define SLEEPER_DEFINE_READ(name, type)                                                                      \
  static inline bool name(address_t from, type *to) {                                                        \
    return sleeper__read_as(from, to, sizeof(type));                                                         \
  }
SLEEPER_DEFINE_READ(sleeper__read_pointer_as, address_t)
SLEEPER_DEFINE_READ(sleeper__read_u8_as, uint8_t)
SLEEPER_DEFINE_READ(sleeper__read_u16_as, uint16_t)
SLEEPER_DEFINE_READ(sleeper__read_u32_as, uint32_t)
SLEEPER_DEFINE_READ(sleeper__read_i32_as, int32_t)
SLEEPER_DEFINE_READ(sleeper__read_u64_as, uint64_t)
SLEEPER_DEFINE_READ(sleeper__read_i64_as, int64_t)
#undef SLEEPER_DEFINE_READ

/* Copies a NUL-terminated string of at most `size` - 1 bytes, truncating a longer one.
 * Returns false when a byte before the end is unreadable. */
bool sleeper__read_c_string_as(address_t from, char *to, size_t size);

#endif
