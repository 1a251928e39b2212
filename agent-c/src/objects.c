#include "objects.h"

#include "layout.h"
#include "symbols.h"

/* Include/object.h, the same in all versions. */
#define TYPE_FLAG_EXCEPTION (1u << 30)
#define TYPE_FLAG_TYPE (1u << 31)
#define MAX_BASES 64

/* The types that are exported. The order does not matter: no type is two of these. */
static const struct {
  uint16_t symbol; /* its offset in sleeper__symbols */
  uint8_t kind;
} exported_types[] = {
#define EXPORTED(name, kind) {offsetof(struct sleeper__symbols, name), kind}
    EXPORTED(PyBool_Type, SLEEPER_KIND_BOOL),
    EXPORTED(PyInt_Type, SLEEPER_KIND_INT),
    EXPORTED(PyLong_Type, SLEEPER_KIND_LONG),
    EXPORTED(PyFloat_Type, SLEEPER_KIND_FLOAT),
    EXPORTED(PyComplex_Type, SLEEPER_KIND_COMPLEX),
    EXPORTED(PyUnicode_Type, SLEEPER_KIND_STR),
    EXPORTED(PyString_Type, SLEEPER_KIND_BYTES),
    EXPORTED(PyBytes_Type, SLEEPER_KIND_BYTES),
    EXPORTED(PyByteArray_Type, SLEEPER_KIND_BYTEARRAY),
    EXPORTED(PyList_Type, SLEEPER_KIND_LIST),
    EXPORTED(PyTuple_Type, SLEEPER_KIND_TUPLE),
    EXPORTED(PyDict_Type, SLEEPER_KIND_DICT),
    EXPORTED(PySet_Type, SLEEPER_KIND_SET),
    EXPORTED(PyFrozenSet_Type, SLEEPER_KIND_FROZENSET),
    EXPORTED(PyRange_Type, SLEEPER_KIND_RANGE),
    EXPORTED(PySlice_Type, SLEEPER_KIND_SLICE),
    EXPORTED(PyCell_Type, SLEEPER_KIND_CELL),
    EXPORTED(PyFunction_Type, SLEEPER_KIND_FUNCTION),
    EXPORTED(PyMethod_Type, SLEEPER_KIND_METHOD),
    EXPORTED(PyCFunction_Type, SLEEPER_KIND_BUILTIN),
    EXPORTED(PyType_Type, SLEEPER_KIND_TYPE),
    EXPORTED(PyClass_Type, SLEEPER_KIND_OLD_CLASS),
    EXPORTED(PyInstance_Type, SLEEPER_KIND_OLD_INSTANCE),
    EXPORTED(PyModule_Type, SLEEPER_KIND_MODULE),
    EXPORTED(PyGen_Type, SLEEPER_KIND_GENERATOR),
    EXPORTED(PyCoro_Type, SLEEPER_KIND_COROUTINE),
    EXPORTED(PyAsyncGen_Type, SLEEPER_KIND_ASYNC_GENERATOR),
    EXPORTED(PyCode_Type, SLEEPER_KIND_CODE),
    EXPORTED(PyFrame_Type, SLEEPER_KIND_FRAME),
    EXPORTED(_PyWeakref_RefType, SLEEPER_KIND_WEAKREF),
#undef EXPORTED
};

/* The types that are not, by tp_name, in full. */
static const struct {
  char name[24];
  uint8_t kind;
} named_types[] = {
    {"collections.deque", SLEEPER_KIND_DEQUE},
    {"thread.lock", SLEEPER_KIND_LOCK}, /* 2.7 */
    {"_thread.lock", SLEEPER_KIND_LOCK},
    {"_thread.RLock", SLEEPER_KIND_RLOCK},
    {"datetime.date", SLEEPER_KIND_DATE},
    {"datetime.time", SLEEPER_KIND_TIME},
    {"datetime.datetime", SLEEPER_KIND_DATETIME},
    {"datetime.timedelta", SLEEPER_KIND_TIMEDELTA},
    {"datetime.timezone", SLEEPER_KIND_TIMEZONE},
    {"_asyncio.Future", SLEEPER_KIND_FUTURE},
    {"_asyncio.Task", SLEEPER_KIND_TASK},
    {"numpy.ndarray", SLEEPER_KIND_NDARRAY},
    {"numpy.generic", SLEEPER_KIND_NUMPY_SCALAR},
    {"numpy.float64", SLEEPER_KIND_NUMPY_SCALAR}, /* its tp_base is float */
};

static bool same_as(const char *left, const char *right) {
  for (; *left == *right; left++, right++)
    if (*left == 0) return true;
  return false;
}

static uint8_t kind_of_name_as(address_t type) {
  address_t text;
  char name[sizeof named_types[0].name];
  if (!sleeper__read_pointer_as(AT(type, type_name), &text)) return SLEEPER_KIND_UNKNOWN;
  /* A longer name is cut, and then equals none. */
  if (!sleeper__read_c_string_as(text, name, sizeof name)) return SLEEPER_KIND_UNKNOWN;
  for (size_t i = 0; i < sizeof named_types / sizeof *named_types; i++)
    if (same_as(name, named_types[i].name)) return named_types[i].kind;
  return SLEEPER_KIND_UNKNOWN;
}

static uint8_t kind_of_address_as(address_t type) {
  for (size_t i = 0; i < sizeof exported_types / sizeof *exported_types; i++) {
    const char *symbol = (const char *)&sleeper__symbols + exported_types[i].symbol;
    if (*(const uintptr_t *)(const void *)symbol == type) return exported_types[i].kind;
  }
  return SLEEPER_KIND_UNKNOWN;
}

/* tp_base is the base that decides the layout, so it is the chain of these that is followed, not
 * the mro. */
static void find_kind_as(struct sleeper__object *object) {
  address_t type = object->type;
  for (int i = 0; i < MAX_BASES && type != 0; i++) {
    uint8_t kind = kind_of_address_as(type);
    if (kind == SLEEPER_KIND_UNKNOWN) kind = kind_of_name_as(type);
    if (kind != SLEEPER_KIND_UNKNOWN) {
      object->kind = (enum sleeper__kind)kind;
      object->exact = i == 0;
      return;
    }
    if (!sleeper__read_pointer_as(AT(type, type_base), &type)) break;
  }
  object->kind =
      (object->type_flags & TYPE_FLAG_EXCEPTION) != 0 ? SLEEPER_KIND_EXCEPTION : SLEEPER_KIND_INSTANCE;
}

static bool aligned_as(address_t address) {
  return address != 0 && address % sizeof(void *) == 0;
}

static bool read_type_as(address_t type, uint64_t *flags) {
  address_t metaclass;
  uint64_t metaclass_flags;
  if (!aligned_as(type) || !sleeper__read_pointer_as(AT(type, object_type), &metaclass) ||
      !sleeper__read_u64_as(AT(type, type_flags), flags))
    return false;
  if (metaclass == sleeper__symbols.PyType_Type) return metaclass != 0;
  return aligned_as(metaclass) && sleeper__read_u64_as(AT(metaclass, type_flags), &metaclass_flags) &&
         (metaclass_flags & TYPE_FLAG_TYPE) != 0;
}

/* What was found out of types in this request: nearly all objects are of a few types. */
#define KNOWN_TYPES 256u /* a power of two */
static struct {
  uint64_t request;
  address_t type;
  uint64_t flags;
  enum sleeper__kind kind;
  bool exact;
} known_types[KNOWN_TYPES];

static bool find_type_as(struct sleeper__object *object) {
  size_t place = (size_t)(object->type * 0x9E3779B97F4A7C15u >> 32) % KNOWN_TYPES;
  if (known_types[place].type != object->type || known_types[place].request != sleeper__request) {
    if (!read_type_as(object->type, &object->type_flags)) return false;
    object->exact = true;
    find_kind_as(object);
    known_types[place].request = sleeper__request;
    known_types[place].type = object->type;
    known_types[place].flags = object->type_flags;
    known_types[place].kind = object->kind;
    known_types[place].exact = object->exact;
    return true;
  }
  object->type_flags = known_types[place].flags;
  object->kind = known_types[place].kind;
  object->exact = known_types[place].exact;
  return true;
}

bool sleeper__object_as(address_t address, struct sleeper__object *object) {
  *object = (struct sleeper__object){.address = address};
  if (!aligned_as(address) || !sleeper__read_pointer_as(AT(address, object_type), &object->type) ||
      !find_type_as(object))
    return false;
  if (address == sleeper__symbols._Py_NoneStruct) {
    object->kind = SLEEPER_KIND_NONE;
  } else if (address == sleeper__symbols._Py_EllipsisObject) {
    object->kind = SLEEPER_KIND_ELLIPSIS;
  } else if (address == sleeper__symbols._Py_NotImplementedStruct) {
    object->kind = SLEEPER_KIND_NOT_IMPLEMENTED;
  }
  return true;
}

bool sleeper__object_size_as(address_t object, int64_t *size) {
  return sleeper__read_i64_as(AT(object, object_size), size);
}
