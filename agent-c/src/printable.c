#include "printable.h"

#include <stddef.h>

#include "printable_ranges.h"

bool sleeper__printable_as(uint32_t character) {
  size_t low = 0;
  size_t high = sizeof unprintable / sizeof *unprintable;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (character > unprintable[middle].last) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < sizeof unprintable / sizeof *unprintable && character < unprintable[low].first;
}
