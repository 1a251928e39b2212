/* table.h: tables of a fixed size, in memory that is given to them. An entry has a number, counted from 0 in
 * the order in which they were added, and is found by a hash. */
#ifndef SLEEPER_TABLE_H
#define SLEEPER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sleeper__table {
  char *entries;
  uint32_t *slots; /* twice as many as entries: the number of the entry + 1, 0: free */
  uint32_t entry_bytes;
  uint32_t capacity; /* a power of two */
  uint32_t count;
};

/* The way of a search. */
struct sleeper__probe {
  uint32_t slot;
  uint32_t number; /* of the entry at hand */
};

/* Gives the table memory from `at` on, 8-byte aligned and zeroed. Returns its end, aligned as well. */
char *sleeper__table_place_as(struct sleeper__table *table, char *at, uint32_t entry_bytes,
                              uint32_t capacity);
void sleeper__table_clear_as(struct sleeper__table *table);
uint64_t sleeper__table_hash_as(uint64_t key, uint64_t variant);
/* Of bytes of the agent's own. */
uint64_t sleeper__table_hash_bytes_as(uint64_t seed, const void *bytes, size_t length);

/* for (p = probe(hash); (entry = next(t, &p)) != NULL;): those that may be the one; it may be another with
 * the same hash. */
struct sleeper__probe sleeper__table_probe_as(uint64_t hash);
void *sleeper__table_next_as(const struct sleeper__table *table, struct sleeper__probe *probe);
/* When the search has come to its end: a new entry, or NULL when the table is full. */
void *sleeper__table_add_as(struct sleeper__table *table, struct sleeper__probe *probe);
/* All entries, in order. */
void *sleeper__table_entries_as(const struct sleeper__table *table);

#endif
