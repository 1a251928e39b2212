/* floats.c: the form that CPython gives a float's digits (format_float_short, Python/pystrtod.c). */
#include "numbers.h"
#include "writer.h"

/* Outside these, repr() uses an exponent. */
#define MIN_POINT (-4)
#define MAX_POINT 16

static const struct format {
  int mantissa_bits;
  int exponent_bits;
} formats[] = {[SLEEPER_FLOAT64] = {52, 11}, [SLEEPER_FLOAT32] = {23, 8}, [SLEEPER_FLOAT16] = {10, 5}};

static void put_digits_as(const char *digits, unsigned from, unsigned to) {
  for (unsigned i = from; i < to; i++) sleeper__text_char_as((unsigned char)digits[i]);
}

static void put_zeros_as(int count) {
  for (int i = 0; i < count; i++) sleeper__text_char_as('0');
}

static void put_exponent_form_as(const char *digits, unsigned count, int exponent) {
  put_digits_as(digits, 0, 1);
  if (count > 1) sleeper__text_char_as('.');
  put_digits_as(digits, 1, count);
  sleeper__text_char_as('e');
  sleeper__text_char_as(exponent < 0 ? '-' : '+');
  unsigned size = (unsigned)(exponent < 0 ? -exponent : exponent);
  if (size < 10) sleeper__text_char_as('0');
  sleeper__text_uint_as(size);
}

static void put_point_form_as(const char *digits, unsigned count, int point, bool always_point) {
  if (point <= 0) {
    sleeper__text_ascii_as("0.");
    put_zeros_as(-point);
    put_digits_as(digits, 0, count);
  } else if ((unsigned)point >= count) {
    put_digits_as(digits, 0, count);
    put_zeros_as(point - (int)count);
    if (always_point) sleeper__text_ascii_as(".0");
  } else {
    put_digits_as(digits, 0, (unsigned)point);
    sleeper__text_char_as('.');
    put_digits_as(digits, (unsigned)point, count);
  }
}

void sleeper__text_float_as(uint64_t bits, enum sleeper__float_format format, unsigned flags) {
  const struct format *f = &formats[format];
  int bias = (1 << (f->exponent_bits - 1)) - 1;
  uint64_t fraction = bits & (((uint64_t)1 << f->mantissa_bits) - 1);
  int exponent = (int)(bits >> f->mantissa_bits & (((uint64_t)1 << f->exponent_bits) - 1));
  bool negative = (bits >> (f->mantissa_bits + f->exponent_bits) & 1) != 0;
  bool finite = exponent != (1 << f->exponent_bits) - 1;
  char digits[20];
  int point;

  if (!finite && fraction != 0) negative = false; /* the sign of a nan is not shown */
  if (negative) {
    sleeper__text_char_as('-');
  } else if ((flags & SLEEPER_FLOAT_SIGN) != 0) {
    sleeper__text_char_as('+');
  }
  if (!finite) {
    sleeper__text_ascii_as(fraction != 0 ? "nan" : "inf");
    return;
  }
  if (exponent == 0 && fraction == 0) {
    sleeper__text_ascii_as((flags & SLEEPER_FLOAT_POINT) != 0 ? "0.0" : "0");
    return;
  }
  uint64_t mantissa = exponent == 0 ? fraction : fraction | (uint64_t)1 << f->mantissa_bits;
  int power = (exponent == 0 ? 1 : exponent) - bias - f->mantissa_bits;
  unsigned count = sleeper__float_digits_as(mantissa, power, fraction == 0 && exponent > 1, digits, &point);
  if (point > MAX_POINT || point <= MIN_POINT) {
    put_exponent_form_as(digits, count, point - 1);
  } else {
    put_point_form_as(digits, count, point, (flags & SLEEPER_FLOAT_POINT) != 0);
  }
}
