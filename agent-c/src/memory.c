#include "memory.h"

#include "arena.h"

#define PAGE_SIZE SLEEPER_PAGE_BYTES
#define SLOTS (SLEEPER_PAGE_TABLE_BYTES / sizeof(address_t))

/* An open-addressed table of the pages probed: the page's address, and bit 0 when it is readable.
 * Zero is free. */
#define ENTRY_READABLE ((address_t)1)

address_t sleeper__recent_pages[SLEEPER_RECENT_PAGES];
uint64_t sleeper__request;
static bool sweeping;

static void clear_table_as(void) {
  address_t *table = sleeper__arena.page_table;
  for (size_t i = 0; i < SLOTS; i++)
    if (table[i] != 0) table[i] = 0;
}

void sleeper__memory_sweep_as(bool begin) {
  sweeping = begin;
  if (!begin) clear_table_as();
}

void sleeper__memory_reset_as(void) {
  sleeper__request++;
  sweeping = false;
  clear_table_as();
  for (size_t i = 0; i < SLEEPER_RECENT_PAGES; i++) sleeper__recent_pages[i] = 0;
}

static bool page_readable_as(address_t page) {
  if (page < 16 * PAGE_SIZE) return false;
  address_t *table = sleeper__arena.page_table;
  size_t slot = (size_t)((page >> 12) * 0x9E3779B97F4A7C15u >> 32) % SLOTS;
  for (size_t probes = 0; probes < 64; probes++, slot = (slot + 1) % SLOTS) {
    address_t entry = table[slot];
    if (entry == 0 || (sweeping && (entry & ~(PAGE_SIZE - 1)) != page)) {
      table[slot] = page | (sleeper__probe_page_as(page) ? ENTRY_READABLE : 0);
      entry = table[slot];
    }
    if ((entry & ~(PAGE_SIZE - 1)) == page) {
      if ((entry & ENTRY_READABLE) == 0) return false;
      sleeper__recent_pages[page / PAGE_SIZE % SLEEPER_RECENT_PAGES] = page / PAGE_SIZE;
      return true;
    }
  }
  return sleeper__probe_page_as(page); /* a crowded table costs time, not truth */
}

bool sleeper__probe_pages_as(address_t address, size_t size) {
  if (size == 0) return true;
  address_t last = address + size - 1;
  if (last < address) return false;
  for (address_t page = address & ~(PAGE_SIZE - 1); page <= last; page += PAGE_SIZE)
    if (!page_readable_as(page)) return false;
  return true;
}

bool sleeper__read_c_string_as(address_t from, char *to, size_t size) {
  for (size_t i = 0; i < size; i++) {
    if (i == size - 1) {
      to[i] = 0;
      return true;
    }
    if ((i == 0 || (from + i) % PAGE_SIZE == 0) && !sleeper__readable_as(from + i, 1)) return false;
    to[i] = *(const char *)(from + i);
    if (to[i] == 0) return true;
  }
  return false;
}
