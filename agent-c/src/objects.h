/* objects.h: CPython objects read from memory: types, strings, dicts, attributes.
 *
 * An object is its address. Nothing here trusts what it reads: each function returns false (or
 * UNKNOWN) when the memory is unreadable or contradicts itself.
 */
#ifndef SLEEPER_OBJECTS_H
#define SLEEPER_OBJECTS_H

#include "memory.h"

/* What an object is, decided by the address of its type where that is exported, by tp_flags for
 * subclasses, and else by tp_name. */
enum sleeper__kind {
  SLEEPER_KIND_UNKNOWN = 0, /* not an object as far as can be told */
  SLEEPER_KIND_NONE,
  SLEEPER_KIND_ELLIPSIS,
  SLEEPER_KIND_NOT_IMPLEMENTED,
  SLEEPER_KIND_BOOL,
  SLEEPER_KIND_INT,  /* 2.7: the int of machine size */
  SLEEPER_KIND_LONG, /* int of 3.x, long of 2.7 */
  SLEEPER_KIND_FLOAT,
  SLEEPER_KIND_COMPLEX,
  SLEEPER_KIND_STR,   /* str of 3.x, unicode of 2.7 */
  SLEEPER_KIND_BYTES, /* bytes of 3.x, str of 2.7 */
  SLEEPER_KIND_BYTEARRAY,
  SLEEPER_KIND_LIST,
  SLEEPER_KIND_TUPLE,
  SLEEPER_KIND_DICT,
  SLEEPER_KIND_SET,
  SLEEPER_KIND_FROZENSET,
  SLEEPER_KIND_RANGE, /* 2.7: xrange */
  SLEEPER_KIND_SLICE,
  SLEEPER_KIND_DEQUE,
  SLEEPER_KIND_CELL,
  SLEEPER_KIND_FUNCTION,
  SLEEPER_KIND_METHOD,
  SLEEPER_KIND_BUILTIN, /* PyCFunction */
  SLEEPER_KIND_TYPE,
  SLEEPER_KIND_OLD_CLASS,    /* 2.7 */
  SLEEPER_KIND_OLD_INSTANCE, /* 2.7 */
  SLEEPER_KIND_MODULE,
  SLEEPER_KIND_GENERATOR,
  SLEEPER_KIND_COROUTINE,
  SLEEPER_KIND_ASYNC_GENERATOR,
  SLEEPER_KIND_CODE,
  SLEEPER_KIND_FRAME,
  SLEEPER_KIND_EXCEPTION,
  SLEEPER_KIND_LOCK,
  SLEEPER_KIND_RLOCK, /* the C one; 2.7's RLock is an ordinary instance */
  SLEEPER_KIND_WEAKREF,
  SLEEPER_KIND_DATE,
  SLEEPER_KIND_TIME,
  SLEEPER_KIND_DATETIME,
  SLEEPER_KIND_TIMEDELTA,
  SLEEPER_KIND_TIMEZONE, /* datetime.timezone */
  SLEEPER_KIND_NDARRAY,
  SLEEPER_KIND_NUMPY_SCALAR,
  SLEEPER_KIND_FUTURE, /* _asyncio.Future; that written in Python is an instance */
  SLEEPER_KIND_TASK,
  SLEEPER_KIND_INSTANCE, /* anything else whose type is a type */
};

struct sleeper__object {
  address_t address;
  address_t type;
  enum sleeper__kind kind;
  bool exact; /* the type itself, not a subclass of it */
  uint64_t type_flags;
};

/* Fills `object`; false when it is not an object (then kind is UNKNOWN). An object is something whose
 * type's type is `type` or a subclass of it. */
bool sleeper__object_as(address_t address, struct sleeper__object *object);

/* The element count of a variable-sized object (ob_size), as it stands there: any number. */
bool sleeper__object_size_as(address_t object, int64_t *size);

/* Flags of a type, the same in all versions (Include/object.h). */
#define SLEEPER_TYPE_HEAP (1u << 9)

/* The type's name as CPython prints it in a repr ("Foo", "deque"): tp_name after its last dot.
 * UTF-8, NUL-terminated, cut to `size`. */
bool sleeper__type_name_as(address_t type, char *name, size_t size);
/* The name of the module the type says it is from; false when it is a built-in type. */
bool sleeper__type_module_as(address_t type, char *name, size_t size);
/* Like sleeper__type_name_as, but "Outer.Inner" for a nested class. */
bool sleeper__type_qualname_as(address_t type, char *name, size_t size);
/* Is it the class of this name in this module? ASCII. */
bool sleeper__type_is_as(address_t type, const char *module, const char *name);

/* A str (2.7: also a unicode) as UTF-8, cut to `size` at a character; lone surrogates become U+FFFD.
 * False when it is not a string. */
bool sleeper__string_as(address_t object, char *utf8, size_t size);
/* Is the object a string equal to this ASCII text? */
bool sleeper__string_equals_as(address_t object, const char *ascii);
/* Writes a JSON member with the text of a str (2.7: str or unicode), null when it is not a string. Of
 * more than `max` characters the rest is replaced by "...", and a warning says so. */
void sleeper__json_text_member_as(const char *key, address_t object, uint32_t max);
/* The same, but "?" when it is not a string. */
void sleeper__json_name_as(const char *key, address_t object, uint32_t max);

/* An exact int as a C number; false when it is not an int or does not fit. */
bool sleeper__int_as(address_t object, int64_t *value);

/* Iterates over a dict, or over the dict-like values of an instance, in insertion order (2.7: in
 * the order of the table).
 *   struct sleeper__dict_cursor c;
 *   if (sleeper__dict_begin_as(dict, &c)) while (sleeper__dict_next_as(&c, &key, &value)) ...
 * The number of steps is bounded by the table's size, by a cap of its own and by the budget. */
struct sleeper__dict_cursor {
  uint64_t used; /* len(dict) as the dict says */
  /* Private. */
  address_t keys;   /* the first entry */
  address_t values; /* the first value of a split table, else 0 */
  /* 3.11+: of a split table, the byte that says which value was set first, else 0. */
  address_t order;
  int64_t order_step; /* from one of these bytes to the next */
  uint64_t count;     /* entries to look at */
  uint64_t index;
  uint64_t entries; /* entries that there are */
  uint32_t entry_bytes, entry_key, entry_value;
  /* The hash table: 2.7 has no other than the entries. */
  address_t indices;
  uint64_t slots, index_bytes;
};
bool sleeper__dict_begin_as(address_t dict, struct sleeper__dict_cursor *cursor);
bool sleeper__dict_next_as(struct sleeper__dict_cursor *cursor, address_t *key, address_t *value);
/* dict[ascii key] */
bool sleeper__dict_get_as(address_t dict, const char *ascii_key, address_t *value);

/* Is there anything left that dict_next would look at? */
bool sleeper__dict_unfinished_as(const struct sleeper__dict_cursor *cursor);

/* The attributes in an instance's __dict__ (materialized, inline or split), in order; false when it has none.
 */
bool sleeper__attributes_begin_as(address_t object, struct sleeper__dict_cursor *cursor);
bool sleeper__attribute_as(address_t object, const char *ascii_name, address_t *value);
/* The same, for a way through several: 0 when there is none, and of object 0. */
address_t sleeper__attribute_of_as(address_t object, const char *ascii_name);

/* Iterates over an instance's __slots__ (and the object members that C types declare), the class
 * itself first, then its bases. Slots that are not set are left out. */
struct sleeper__slot_cursor {
  address_t object;
  address_t type;
  uint32_t depth;
  bool in_type;
  bool in_python_only; /* not those that a type in C declares */
  struct sleeper__dict_cursor members;
};
void sleeper__slots_begin_as(address_t object, struct sleeper__slot_cursor *cursor);
bool sleeper__slots_next_as(struct sleeper__slot_cursor *cursor, char *name, size_t size, address_t *value);

#endif
