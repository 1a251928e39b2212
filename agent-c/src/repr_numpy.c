/* repr_numpy.c: numpy's arrays and scalars. Their structs are numpy's C API and have kept these
 * offsets from 1.7 to 2.x (numpy/ndarraytypes.h, numpy/arrayscalars.h). */
#include "layout.h"
#include "limits.h"
#include "numbers.h"
#include "repr.h"
#include "text.h"
#include "writer.h"

/* PyArrayObject_fields, after PyObject_HEAD. */
#define ARRAY_DIMENSIONS_COUNT 8 /* int nd; after char *data */
#define ARRAY_DIMENSIONS 16
#define ARRAY_DESCRIPTION 40
/* PyArray_Descr, after PyObject_HEAD. */
#define DESCRIPTION_TYPE 0
#define MAX_DIMENSIONS 64 /* NPY_MAXDIMS of 2.x */
#define MAX_NAME 48

static address_t head_as(void) {
  return sleeper__layout.object_type + sizeof(void *);
}

/* "float64", "str" of a dtype: the name of the type of its scalars. */
static void description_as(address_t description) {
  address_t type;
  char name[MAX_NAME];
  if (!sleeper__read_pointer_as(description + head_as() + DESCRIPTION_TYPE, &type) ||
      !sleeper__type_name_as(type, name, sizeof name)) {
    sleeper__text_char_as('?');
    return;
  }
  /* bool_, str_, object_ are dtypes without the underscore. */
  for (size_t i = 0; name[i] != 0; i++)
    if (name[i] == '_' && name[i + 1] == 0) name[i] = 0;
  sleeper__repr_plain_as(name);
}

static bool shape_as(address_t dimensions, int32_t count) {
  int64_t extent;
  sleeper__text_ascii_as(" shape=(");
  for (int32_t i = 0; i < count; i++) {
    if (!sleeper__read_i64_as(dimensions + (address_t)i * sizeof extent, &extent)) return false;
    if (i > 0) sleeper__text_ascii_as(", ");
    sleeper__text_int_as(extent);
  }
  sleeper__text_ascii_as(count == 1 ? ",)" : ")");
  return true;
}

/* "<numpy.ndarray shape=(3, 4) dtype=float64 at 0x..>" */
void sleeper__repr_ndarray_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  address_t base = object->address + head_as();
  address_t dimensions, description;
  int32_t count;
  if (!sleeper__read_i32_as(base + ARRAY_DIMENSIONS_COUNT, &count) || count < 0 || count > MAX_DIMENSIONS ||
      !sleeper__read_pointer_as(base + ARRAY_DIMENSIONS, &dimensions) ||
      !sleeper__read_pointer_as(base + ARRAY_DESCRIPTION, &description)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  sleeper__text_char_as('<');
  sleeper__repr_type_as(object->type);
  if (!shape_as(dimensions, count)) sleeper__text_ascii_as("?)");
  sleeper__text_ascii_as(" dtype=");
  description_as(description);
  sleeper__repr_at_as(object->address);
  sleeper__text_char_as('>');
}

/* The scalars whose value lies after PyObject_HEAD, and their widths on 64-bit Linux. */
static const struct {
  char name[12];
  char kind; /* i, u, f, b */
  uint8_t bytes;
} scalars[] = {
    {"bool", 'b', 1},    {"bool_", 'b', 1},     {"int8", 'i', 1},    {"int16", 'i', 2},
    {"int32", 'i', 4},   {"int64", 'i', 8},     {"intc", 'i', 4},    {"longlong", 'i', 8},
    {"uint8", 'u', 1},   {"uint16", 'u', 2},    {"uint32", 'u', 4},  {"uint64", 'u', 8},
    {"uintc", 'u', 4},   {"ulonglong", 'u', 8}, {"float16", 'f', 2}, {"float32", 'f', 4},
    {"float64", 'f', 8},
};

static int find_as(const char *name) {
  for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
    size_t k = 0;
    while (name[k] != 0 && name[k] == scalars[i].name[k]) k++;
    if (name[k] == scalars[i].name[k]) return (int)i;
  }
  return -1;
}

static void number_as(char kind, unsigned bytes, uint64_t value) {
  unsigned unused = 64 - 8 * bytes;
  if (kind == 'b') {
    sleeper__text_ascii_as(value != 0 ? "True" : "False");
  } else if (kind == 'u') {
    sleeper__text_uint_as(value);
  } else if (kind == 'i') {
    sleeper__text_int_as((int64_t)(value << unused) >> unused);
  } else {
    sleeper__text_float_as(value,
                           bytes == 8   ? SLEEPER_FLOAT64
                           : bytes == 4 ? SLEEPER_FLOAT32
                                        : SLEEPER_FLOAT16,
                           SLEEPER_FLOAT_POINT);
  }
}

/* "numpy.float64(1.5)" */
void sleeper__repr_numpy_scalar_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  char name[MAX_NAME];
  uint64_t value = 0; /* the machine is little-endian: fewer bytes are the lower ones */
  int found = sleeper__type_name_as(object->type, name, sizeof name) ? find_as(name) : -1;
  if (found >= 0 && !sleeper__read_as(object->address + head_as(), &value, scalars[found].bytes)) {
    sleeper__repr_unreadable_as(r, object);
  } else if (found >= 0) {
    sleeper__repr_type_as(object->type);
    sleeper__text_char_as('(');
    number_as(scalars[found].kind, scalars[found].bytes, value);
    sleeper__text_char_as(')');
  } else {
    sleeper__text_char_as('<');
    sleeper__repr_type_as(object->type);
    sleeper__text_ascii_as(" object");
    sleeper__repr_at_as(object->address);
    sleeper__text_char_as('>');
  }
}
