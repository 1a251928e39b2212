#include "memo.h"

#include "writer.h"

#define ENTRIES 4096u /* a power of two */

struct entry {
  address_t key;
  uint64_t variant;
  uint32_t start, length; /* in the arena */
  uint64_t epoch;         /* of the writer */
};

static struct entry entries[ENTRIES];

/* Each key has one place; the last comer keeps it. */
static struct entry *place_as(address_t key, uint64_t variant) {
  uint64_t mixed = (key ^ variant * 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u;
  return &entries[mixed >> 40 & (ENTRIES - 1)];
}

bool sleeper__memo_repeat_as(address_t key, uint64_t variant) {
  const struct entry *entry = place_as(key, variant);
  if (entry->key != key || entry->variant != variant || entry->epoch != sleeper__writer_epoch_as())
    return false;
  sleeper__json_members_repeat_as(entry->start, entry->length);
  return true;
}

size_t sleeper__memo_begin_as(void) {
  return sleeper__json_next_member_as();
}

void sleeper__memo_end_as(address_t key, uint64_t variant, size_t begin) {
  size_t end = sleeper__writer_length_as();
  if (sleeper__writer_full_as() || end <= begin || end > UINT32_MAX) return;
  *place_as(key, variant) =
      (struct entry){key, variant, (uint32_t)begin, (uint32_t)(end - begin), sleeper__writer_epoch_as()};
}
