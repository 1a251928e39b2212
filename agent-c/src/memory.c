#include "memory.h"

#include <asm/unistd.h>

#include "arena.h"
#include "syscall.h"

#define PAGE_SIZE ((address_t)4096)
#define NO_SUCH_HOW (-1)
#define EFAULT_RESULT (-14L)
#define SLOTS (SLEEPER_PAGE_TABLE_BYTES / sizeof(address_t))

/* An open-addressed table of the pages probed: the page's address, and bit 0 when it is readable.
 * Zero is free. */
#define ENTRY_READABLE ((address_t)1)

static address_t last_readable_page;

void sleeper__memory_reset_as(void) {
  address_t *table = sleeper__arena.page_table;
  for (size_t i = 0; i < SLOTS; i++)
    if (table[i] != 0) table[i] = 0;
  last_readable_page = 0;
}

/* rt_sigprocmask copies the new mask in before it looks at `how`: EFAULT means that the address is
 * unreadable, EINVAL that it is readable, and no mask is ever changed. It needs no file descriptor,
 * and every seccomp filter allows it. (Linux, kernel/signal.c) */
static bool probe_as(address_t page) {
  long result = sleeper__syscall6_as(__NR_rt_sigprocmask, NO_SUCH_HOW, (long)page, 0, 8, 0, 0);
  return result != EFAULT_RESULT;
}

static bool page_readable_as(address_t page) {
  if (page == last_readable_page) return page != 0;
  if (page < 16 * PAGE_SIZE) return false;
  address_t *table = sleeper__arena.page_table;
  size_t slot = (size_t)((page >> 12) * 0x9E3779B97F4A7C15u >> 32) % SLOTS;
  for (size_t probes = 0; probes < 64; probes++, slot = (slot + 1) % SLOTS) {
    address_t entry = table[slot];
    if (entry == 0) {
      table[slot] = page | (probe_as(page) ? ENTRY_READABLE : 0);
      entry = table[slot];
    }
    if ((entry & ~(PAGE_SIZE - 1)) == page) {
      if ((entry & ENTRY_READABLE) == 0) return false;
      last_readable_page = page;
      return true;
    }
  }
  return probe_as(page); /* a crowded table costs time, not truth */
}

bool sleeper__readable_as(address_t address, size_t size) {
  if (size == 0) return true;
  address_t last = address + size - 1;
  if (last < address) return false;
  for (address_t page = address & ~(PAGE_SIZE - 1); page <= last; page += PAGE_SIZE)
    if (!page_readable_as(page)) return false;
  return true;
}

bool sleeper__read_as(address_t from, void *to, size_t size) {
  if (!sleeper__readable_as(from, size)) return false;
  __builtin_memcpy(to, (const void *)from, size);
  return true;
}

#define DEFINE_READ(name, type)                                                                              \
  bool name(address_t from, type *to) {                                                                      \
    if (!sleeper__readable_as(from, sizeof(type))) return false;                                             \
    __builtin_memcpy(to, (const void *)from, sizeof(type));                                                  \
    return true;                                                                                             \
  }

DEFINE_READ(sleeper__read_pointer_as, address_t)
DEFINE_READ(sleeper__read_u8_as, uint8_t)
DEFINE_READ(sleeper__read_u16_as, uint16_t)
DEFINE_READ(sleeper__read_u32_as, uint32_t)
DEFINE_READ(sleeper__read_i32_as, int32_t)
DEFINE_READ(sleeper__read_u64_as, uint64_t)
DEFINE_READ(sleeper__read_i64_as, int64_t)

bool sleeper__read_c_string_as(address_t from, char *to, size_t size) {
  for (size_t i = 0; i < size; i++) {
    uint8_t byte;
    if (i == size - 1) {
      to[i] = 0;
      return true;
    }
    if (!sleeper__read_u8_as(from + i, &byte)) return false;
    to[i] = (char)byte;
    if (byte == 0) return true;
  }
  return false;
}
