#include "budget.h"

#include "memory.h"
#include "writer.h"

/* Of one request. A comparison takes up to a microsecond, when the key is not in the cache and its page
 * is yet to be probed; a free slot, read in order, some nanoseconds. */
#define COMPARISONS ((uint64_t)1 << 14)
#define FREE_SLOTS ((uint64_t)1 << 20)
/* Each is up to three objects to look at. */
#define ELEMENTS ((uint64_t)1 << 14)

struct budget {
  uint64_t request;
  uint64_t spent;
};
static struct budget comparisons, free_slots, elements;

static bool spend_as(struct budget *budget, uint64_t limit, const char *message) {
  if (budget->request != sleeper__request) *budget = (struct budget){sleeper__request, 0};
  if (++budget->spent == limit) sleeper__warn_as("values", message, 0);
  return budget->spent < limit;
}

bool sleeper__budget_comparison_as(void) {
  return spend_as(&comparisons, COMPARISONS,
                  "large dicts were not searched to their end: something may be missing");
}

bool sleeper__budget_free_slot_as(void) {
  return spend_as(&free_slots, FREE_SLOTS,
                  "large sparse tables were not read to their end: something may be missing");
}

bool sleeper__budget_element_as(void) {
  return spend_as(&elements, ELEMENTS,
                  "the containers that globals are were not all looked into: who has a lock may be missing");
}
