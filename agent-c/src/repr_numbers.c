#include "layout.h"
#include "limits.h"
#include "numbers.h"
#include "repr.h"
#include "writer.h"

static void big_int_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  struct sleeper__int number;
  uint64_t shown, total;
  if (!sleeper__int_open_as(object->address, &number)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  uint64_t most = sleeper__repr_bytes_left_as();
  /* Digits of a hexadecimal number are limited like characters of a string. */
  if (number.bits > SLEEPER_DECIMAL_BITS && most > sleeper__limits.max_string)
    most = sleeper__limits.max_string;
  if (!sleeper__text_big_int_as(&number, most, &shown, &total)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  if (shown < total) {
    sleeper__text_ascii_as("... (");
    sleeper__text_uint_as(number.bits);
    sleeper__text_ascii_as(" bits)");
    sleeper__repr_cut_as(r, r->depth, shown, total);
  } else if (!SINCE(3, 0)) {
    sleeper__text_char_as('L');
  }
}

void sleeper__repr_int_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  int64_t value;
  bool close = sleeper__repr_subclass_as(object);
  if (sleeper__int_as(object->address, &value)) {
    sleeper__text_int_as(value);
    if (!SINCE(3, 0) && object->kind == SLEEPER_KIND_LONG) sleeper__text_char_as('L');
  } else if (object->kind == SLEEPER_KIND_LONG) {
    big_int_as(r, object);
  } else {
    sleeper__repr_unreadable_as(r, object);
  }
  if (close) sleeper__text_char_as(')');
}

void sleeper__repr_float_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  uint64_t bits;
  if (!sleeper__read_u64_as(AT(object->address, float_value), &bits)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  bool close = sleeper__repr_subclass_as(object);
  sleeper__text_float_as(bits, SLEEPER_FLOAT64, SLEEPER_FLOAT_POINT);
  if (close) sleeper__text_char_as(')');
}

/* complex_repr, Objects/complexobject.c: a real part of +0.0 is left out. */
void sleeper__repr_complex_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  uint64_t real, imaginary;
  if (!sleeper__read_u64_as(AT(object->address, complex_real), &real) ||
      !sleeper__read_u64_as(AT(object->address, complex_imag), &imaginary)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  bool close = sleeper__repr_subclass_as(object);
  if (real != 0) {
    sleeper__text_char_as('(');
    sleeper__text_float_as(real, SLEEPER_FLOAT64, 0);
  }
  sleeper__text_float_as(imaginary, SLEEPER_FLOAT64, real != 0 ? SLEEPER_FLOAT_SIGN : 0);
  sleeper__text_char_as('j');
  if (real != 0) sleeper__text_char_as(')');
  if (close) sleeper__text_char_as(')');
}
