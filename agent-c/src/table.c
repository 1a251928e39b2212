#include "table.h"

#define SLOTS(table) (2 * (table)->capacity)

static char *align_as(char *at) {
  return (char *)(((uintptr_t)at + 7) & ~(uintptr_t)7);
}

char *sleeper__table_place_as(struct sleeper__table *table, char *at, uint32_t entry_bytes,
                              uint32_t capacity) {
  *table = (struct sleeper__table){.entries = at, .entry_bytes = entry_bytes, .capacity = capacity};
  table->slots = (uint32_t *)(void *)align_as(at + (size_t)entry_bytes * capacity);
  return align_as((char *)(table->slots + (size_t)SLOTS(table)));
}

void sleeper__table_clear_as(struct sleeper__table *table) {
  if (table->count == 0) return; /* its pages stay untouched */
  table->count = 0;
  for (uint32_t i = 0; i < SLOTS(table); i++) table->slots[i] = 0;
}

uint64_t sleeper__table_hash_as(uint64_t key, uint64_t variant) {
  uint64_t mixed = (key ^ variant * 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u;
  return (mixed ^ mixed >> 31) * 0x94D049BB133111EBu;
}

uint64_t sleeper__table_hash_bytes_as(uint64_t seed, const void *bytes, size_t length) {
  uint64_t word, hash = seed;
  for (size_t done = 0; done < length; done += sizeof word) {
    size_t count = length - done < sizeof word ? length - done : sizeof word;
    word = 0;
    for (size_t i = 0; i < count; i++) word |= (uint64_t)((const uint8_t *)bytes)[done + i] << 8 * i;
    hash = sleeper__table_hash_as(word, hash);
  }
  return hash;
}

struct sleeper__probe sleeper__table_probe_as(uint64_t hash) {
  /* The first call of next() steps to the first slot. */
  return (struct sleeper__probe){.slot = (uint32_t)(hash >> 32) - 1, .number = 0};
}

void *sleeper__table_next_as(const struct sleeper__table *table, struct sleeper__probe *probe) {
  probe->slot = (probe->slot + 1) & (SLOTS(table) - 1);
  uint32_t found = table->slots[probe->slot];
  if (found == 0) return NULL;
  probe->number = found - 1;
  return table->entries + (size_t)probe->number * table->entry_bytes;
}

void *sleeper__table_add_as(struct sleeper__table *table, struct sleeper__probe *probe) {
  if (table->count == table->capacity) return NULL;
  probe->number = table->count++;
  table->slots[probe->slot] = probe->number + 1;
  return table->entries + (size_t)probe->number * table->entry_bytes;
}

void *sleeper__table_entries_as(const struct sleeper__table *table) {
  return table->entries;
}
