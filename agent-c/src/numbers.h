/* numbers.h: ints and floats as text, by integer arithmetic only: no floating point register may be
 * touched in the frozen tier. */
#ifndef SLEEPER_NUMBERS_H
#define SLEEPER_NUMBERS_H

#include "objects.h"

/* An int of 3.x or a long of 2.7, in binary digits of 15 or 30 bits, the least significant first. */
struct sleeper__int {
  address_t digits;
  uint64_t count; /* of digits; 0 for zero */
  uint64_t bits;  /* of the absolute value */
  bool negative;
};
bool sleeper__int_open_as(address_t object, struct sleeper__int *number);

/* The most bits an int may have to be written in decimal; a larger one is written in hexadecimal. */
#define SLEEPER_DECIMAL_BITS 4096

/* Writes it as CPython would. An int of more than SLEEPER_DECIMAL_BITS is written as "0x1f..", its
 * first `max_digits` digits. Returns false when it is unreadable; *shown and *total count digits. */
bool sleeper__text_big_int_as(const struct sleeper__int *number, uint64_t max_digits, uint64_t *shown,
                              uint64_t *total);

/* How a floating point number is stored: IEEE 754, 64, 32 or 16 bits. */
enum sleeper__float_format { SLEEPER_FLOAT64, SLEEPER_FLOAT32, SLEEPER_FLOAT16 };

/* How a float is written. */
#define SLEEPER_FLOAT_POINT 1u /* with a ".0" when it has no point or exponent, as repr(float) */
#define SLEEPER_FLOAT_SIGN 2u  /* with a "+" when it has no "-" */

/* Writes the shortest text that reads back as the same number, in the form of CPython's repr. */
void sleeper__text_float_as(uint64_t bits, enum sleeper__float_format format, unsigned flags);

/* The digits of mantissa * 2**exponent: the fewest that no other number of the same format is
 * nearer to, "0.DIGITS" times ten to the *point. `mantissa` is not 0; `uneven`: the next smaller
 * number is half as far as the next larger. Returns how many digits: at most 17. */
unsigned sleeper__float_digits_as(uint64_t mantissa, int exponent, bool uneven, char digits[20], int *point);

#endif
