#include "layout.h"
#include "numbers.h"
#include "writer.h"

#define MAX_DIGITS ((uint64_t)1 << 44)
#define LIMBS (SLEEPER_DECIMAL_BITS / 32 + 2)
#define BILLION 1000000000u
/* Groups of nine decimal digits in 2**4096, and one. */
#define GROUPS 140

static bool digit_as(const struct sleeper__int *number, uint64_t index, uint32_t *digit) {
  uint16_t half;
  if (index >= number->count) {
    *digit = 0;
    return true;
  }
  if (sleeper__layout.long_digit_bits == 30) {
    if (!sleeper__read_u32_as(number->digits + index * 4, digit)) return false;
    *digit &= 0x3fffffff;
    return true;
  }
  if (!sleeper__read_u16_as(number->digits + index * 2, &half)) return false;
  *digit = half & 0x7fff;
  return true;
}

/* Up to 3.11 ob_size is the number of digits, negative for a negative number. From 3.12 on lv_tag
 * has the number of digits from bit 3 on, and the sign in the bits below: 0, 1 for zero, 2 for
 * negative (Include/internal/pycore_long.h). */
static bool size_as(address_t object, struct sleeper__int *number) {
  uint64_t tag;
  int64_t size;
  if (HAS(long_tag)) {
    if (!sleeper__read_u64_as(AT(object, long_tag), &tag)) return false;
    number->count = (tag & 3) == 1 ? 0 : tag >> 3;
    number->negative = (tag & 3) == 2;
    return true;
  }
  if (!sleeper__object_size_as(object, &size)) return false;
  number->negative = size < 0;
  number->count = size < 0 ? -(uint64_t)size : (uint64_t)size;
  return true;
}

bool sleeper__int_open_as(address_t object, struct sleeper__int *number) {
  uint32_t top;
  *number = (struct sleeper__int){.digits = AT(object, long_digits)};
  if (!size_as(object, number) || number->count > MAX_DIGITS) return false;
  if (number->count == 0) return true;
  if (!digit_as(number, number->count - 1, &top)) return false;
  number->bits = (number->count - 1) * sleeper__layout.long_digit_bits;
  for (; top != 0; top >>= 1) number->bits++;
  return true;
}

/* Up to 32 bits from bit `at` on. */
static bool bits_as(const struct sleeper__int *number, uint64_t at, unsigned count, uint32_t *bits) {
  unsigned width = sleeper__layout.long_digit_bits;
  uint64_t gathered = 0;
  uint64_t index = at / width;
  unsigned skip = (unsigned)(at % width);
  for (unsigned have = 0; have < skip + count; have += width) {
    uint32_t digit;
    if (!digit_as(number, index++, &digit)) return false;
    gathered |= have == 0 ? digit >> skip : (uint64_t)digit << (have - skip);
  }
  *bits = (uint32_t)(gathered & (((uint64_t)1 << count) - 1));
  return true;
}

bool sleeper__int_as(address_t address, int64_t *value) {
  struct sleeper__object object;
  struct sleeper__int number;
  uint32_t low, high;
  if (!sleeper__object_as(address, &object)) return false;
  if (object.kind == SLEEPER_KIND_INT || (object.kind == SLEEPER_KIND_BOOL && HAS(int_value)))
    return sleeper__read_i64_as(AT(address, int_value), value);
  if (object.kind != SLEEPER_KIND_LONG && object.kind != SLEEPER_KIND_BOOL) return false;
  if (!sleeper__int_open_as(address, &number) || number.bits > 63 || !bits_as(&number, 0, 32, &low) ||
      !bits_as(&number, 32, 32, &high))
    return false;
  int64_t absolute = (int64_t)((uint64_t)high << 32 | low);
  *value = number.negative ? -absolute : absolute;
  return true;
}

static uint32_t divide_as(uint32_t limbs[LIMBS], unsigned count) {
  uint64_t rest = 0;
  for (unsigned i = count; i > 0; i--) {
    rest = rest << 32 | limbs[i - 1];
    limbs[i - 1] = (uint32_t)(rest / BILLION);
    rest %= BILLION;
  }
  return (uint32_t)rest;
}

static unsigned put_group_as(uint32_t group, bool first, uint64_t room) {
  unsigned written = 0;
  uint32_t unit = BILLION / 10;
  while (first && unit > 1 && group / unit == 0) unit /= 10;
  for (; unit > 0 && written < room; unit /= 10, written++) sleeper__text_char_as('0' + group / unit % 10);
  return written;
}

static unsigned digits_in_as(uint32_t group) {
  unsigned digits = 1;
  while (group >= 10) {
    group /= 10;
    digits++;
  }
  return digits;
}

static bool decimal_as(const struct sleeper__int *number, uint64_t max_digits, uint64_t *shown,
                       uint64_t *total) {
  uint32_t limbs[LIMBS];
  uint32_t groups[GROUPS];
  unsigned group_count = 0;
  unsigned count = (unsigned)(number->bits / 32 + 1);
  for (unsigned i = 0; i < count; i++)
    if (!bits_as(number, (uint64_t)i * 32, 32, &limbs[i])) return false;
  while (count > 1 && limbs[count - 1] == 0) count--;
  do {
    groups[group_count++] = divide_as(limbs, count);
    while (count > 0 && limbs[count - 1] == 0) count--;
  } while (count > 0 && group_count < GROUPS);
  *total = digits_in_as(groups[group_count - 1]) + 9 * (uint64_t)(group_count - 1);
  *shown = 0;
  for (unsigned i = group_count; i > 0 && *shown < max_digits; i--)
    *shown += put_group_as(groups[i - 1], i == group_count, max_digits - *shown);
  return true;
}

static bool hexadecimal_as(const struct sleeper__int *number, uint64_t max_digits, uint64_t *shown,
                           uint64_t *total) {
  uint32_t nibble;
  *total = (number->bits + 3) / 4;
  sleeper__text_ascii_as("0x");
  for (*shown = 0; *shown < *total && *shown < max_digits; ++*shown) {
    if (!bits_as(number, (*total - 1 - *shown) * 4, 4, &nibble)) return false;
    sleeper__text_hex_as(nibble, 1);
  }
  return true;
}

bool sleeper__text_big_int_as(const struct sleeper__int *number, uint64_t max_digits, uint64_t *shown,
                              uint64_t *total) {
  if (number->negative) sleeper__text_char_as('-');
  return number->bits <= SLEEPER_DECIMAL_BITS ? decimal_as(number, max_digits, shown, total)
                                              : hexadecimal_as(number, max_digits, shown, total);
}
