/* float_digits.c: the shortest digits that read back as the same float.
 *
 * The free-format algorithm of Steele and White ("dragon4"), in the form of Burger and Dybvig,
 * "Printing Floating-Point Numbers Quickly and Accurately" (1996). It is exact, so its digits are
 * those of David Gay's dtoa in mode 0, which CPython's repr uses (Python/dtoa.c).
 */
#include "numbers.h"

/* 2**1074 * 10, and the mantissa's 53 bits on top, with room to spare. */
#define LIMBS 40
#define BILLION 1000000000u

struct big {
  unsigned count; /* of limbs in use; the highest is not 0 */
  uint32_t limb[LIMBS];
};

static void set_as(struct big *big, uint64_t value, unsigned shift) {
  unsigned limb = shift / 32;
  unsigned bits = shift % 32;
  for (unsigned i = 0; i < LIMBS; i++) big->limb[i] = 0;
  big->limb[limb] = (uint32_t)(value << bits);
  big->limb[limb + 1] = (uint32_t)(value >> (32 - bits));
  big->limb[limb + 2] = bits == 0 ? 0 : (uint32_t)(value >> 32 >> (32 - bits));
  big->count = limb + 3;
  while (big->count > 0 && big->limb[big->count - 1] == 0) big->count--;
}

static void multiply_as(struct big *big, uint32_t factor) {
  uint64_t carry = 0;
  for (unsigned i = 0; i < big->count; i++) {
    carry += (uint64_t)big->limb[i] * factor;
    big->limb[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry != 0 && big->count < LIMBS) big->limb[big->count++] = (uint32_t)carry;
}

static void multiply_by_power_of_ten_as(struct big *big, unsigned power) {
  for (; power >= 9; power -= 9) multiply_as(big, BILLION);
  for (; power > 0; power--) multiply_as(big, 10);
}

static int compare_as(const struct big *left, const struct big *right) {
  if (left->count != right->count) return left->count < right->count ? -1 : 1;
  for (unsigned i = left->count; i > 0; i--)
    if (left->limb[i - 1] != right->limb[i - 1]) return left->limb[i - 1] < right->limb[i - 1] ? -1 : 1;
  return 0;
}

/* Compares left + more with right. */
static int compare_sum_as(const struct big *left, const struct big *more, const struct big *right) {
  struct big sum = *left;
  uint64_t carry = 0;
  for (unsigned i = 0; i < LIMBS && (i < more->count || carry != 0); i++) {
    carry += (uint64_t)(i < sum.count ? sum.limb[i] : 0) + (i < more->count ? more->limb[i] : 0);
    sum.limb[i] = (uint32_t)carry;
    carry >>= 32;
    if (i >= sum.count) sum.count = i + 1;
  }
  return compare_as(&sum, right);
}

/* left -= right, which is not larger. */
static void subtract_as(struct big *left, const struct big *right) {
  uint64_t borrow = 0;
  for (unsigned i = 0; i < left->count; i++) {
    uint64_t take = (i < right->count ? right->limb[i] : 0) + borrow;
    borrow = left->limb[i] < take;
    left->limb[i] = (uint32_t)(left->limb[i] - take);
  }
  while (left->count > 0 && left->limb[left->count - 1] == 0) left->count--;
}

/* The number is rest / scale; the halfway points to its neighbours are (rest - below) / scale and
 * (rest + above) / scale. */
struct state {
  struct big rest, scale, below, above;
  bool even; /* an even mantissa: a halfway point reads back as this number, too */
};

static void begin_as(struct state *s, uint64_t mantissa, int exponent, bool uneven) {
  unsigned up = exponent > 0 ? (unsigned)exponent : 0;
  unsigned down = exponent < 0 ? (unsigned)-exponent : 0;
  unsigned extra = uneven ? 1 : 0;
  s->even = mantissa % 2 == 0;
  set_as(&s->rest, mantissa, up + 1 + extra);
  set_as(&s->scale, 1, down + 1 + extra);
  set_as(&s->below, 1, up);
  set_as(&s->above, 1, up + extra);
}

static bool reaches_one_as(const struct state *s) {
  int order = compare_sum_as(&s->rest, &s->above, &s->scale);
  return order > 0 || (order == 0 && s->even);
}

/* Divides by the power of ten that makes the number less than one, and at least a tenth. */
static int scale_as(struct state *s, uint64_t mantissa, int exponent) {
  int log2 = exponent - 1;
  for (uint64_t m = mantissa; m != 0; m >>= 1) log2++;
  /* log10(2) * 2**32; never too large, and at most two too small. */
  int point = (int)(((int64_t)log2 * 1292913986) >> 32);
  if (point >= 0) {
    multiply_by_power_of_ten_as(&s->scale, (unsigned)point);
  } else {
    multiply_by_power_of_ten_as(&s->rest, (unsigned)-point);
    multiply_by_power_of_ten_as(&s->below, (unsigned)-point);
    multiply_by_power_of_ten_as(&s->above, (unsigned)-point);
  }
  for (int i = 0; i < 3 && reaches_one_as(s); i++, point++) multiply_as(&s->scale, 10);
  return point;
}

static unsigned next_digit_as(struct state *s) {
  unsigned digit = 0;
  multiply_as(&s->rest, 10);
  multiply_as(&s->below, 10);
  multiply_as(&s->above, 10);
  for (; digit < 9 && compare_as(&s->rest, &s->scale) >= 0; digit++) subtract_as(&s->rest, &s->scale);
  return digit;
}

/* Both neighbours allow to end here: the nearer digit, and halfway the even one. */
static bool round_up_as(const struct state *s, unsigned digit) {
  int half = compare_sum_as(&s->rest, &s->rest, &s->scale);
  return half > 0 || (half == 0 && digit % 2 == 1);
}

unsigned sleeper__float_digits_as(uint64_t mantissa, int exponent, bool uneven, char digits[20], int *point) {
  struct state s;
  unsigned count = 0;
  begin_as(&s, mantissa, exponent, uneven);
  *point = scale_as(&s, mantissa, exponent);
  while (count < 19) {
    unsigned digit = next_digit_as(&s);
    int low = compare_as(&s.rest, &s.below);
    bool may_end = low < 0 || (low == 0 && s.even);
    bool may_end_above = reaches_one_as(&s);
    if (may_end && may_end_above) {
      digit += round_up_as(&s, digit);
    } else if (may_end_above) {
      digit++;
    }
    digits[count++] = (char)('0' + digit);
    if (may_end || may_end_above) break;
  }
  return count;
}
