/* repr_instances.c: instances with their attributes, exceptions, members of enums, and the small
 * objects that hold another: cells, weak references, locks. */
#include "layout.h"
#include "locks.h"
#include "repr.h"
#include "symbols.h"
#include "writer.h"

#define MAX_NAME 200

/* instance_repr of 2.7, Objects/classobject.c: "<mod.Old instance at 0x..>" */
static void old_class_name_as(address_t instance) {
  address_t type, name, dict, module;
  if (!sleeper__read_pointer_as(AT(instance, oldinstance_class), &type) ||
      !sleeper__read_pointer_as(AT(type, oldclass_name), &name) ||
      !sleeper__read_pointer_as(AT(type, oldclass_name) - sizeof(void *), &dict)) {
    sleeper__text_char_as('?');
    return;
  }
  if (sleeper__dict_get_as(dict, "__module__", &module)) {
    sleeper__repr_name_as(module);
    sleeper__text_char_as('.');
  }
  sleeper__repr_name_as(name);
}

void sleeper__repr_instance_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  bool old = object->kind == SLEEPER_KIND_OLD_INSTANCE;
  sleeper__text_char_as('<');
  if (old) {
    old_class_name_as(object->address);
  } else {
    sleeper__repr_type_as(object->type);
  }
  sleeper__text_ascii_as(old ? " instance" : " object");
  sleeper__repr_at_as(object->address);
  if (sleeper__repr_enter_as(r, object->address, " {...}")) {
    sleeper__repr_attributes_as(r, object->address, false);
    sleeper__repr_leave_as(r);
  }
  sleeper__text_char_as('>');
}

/* BaseException_repr, Objects/exceptions.c: from 3.7 on a single argument has no comma after it. */
void sleeper__repr_exception_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  struct sleeper__object args;
  address_t address, only;
  int64_t count;
  char name[MAX_NAME];
  if (sleeper__type_name_as(object->type, name, sizeof name)) sleeper__repr_plain_as(name);
  if (!sleeper__read_pointer_as(AT(object->address, exception_args), &address) ||
      !sleeper__object_as(address, &args) || args.kind != SLEEPER_KIND_TUPLE ||
      !sleeper__object_size_as(address, &count)) {
    sleeper__text_ascii_as("(?)");
  } else if (count == 1 && SINCE(3, 7) && sleeper__read_pointer_as(AT(address, tuple_items), &only)) {
    if (!sleeper__repr_enter_as(r, object->address, "(...)")) return;
    sleeper__text_char_as('(');
    sleeper__repr_object_as(r, only);
    sleeper__text_char_as(')');
    sleeper__repr_leave_as(r);
  } else {
    sleeper__repr_plain_tuple_as(r, &args);
  }
}

/* The metaclass of enums is EnumMeta, from 3.11 on EnumType (Lib/enum.py). */
static bool is_enum_as(address_t type) {
  address_t metaclass;
  return sleeper__read_pointer_as(AT(type, object_type), &metaclass) &&
         metaclass != sleeper__symbols.PyType_Type &&
         (sleeper__type_is_as(metaclass, "enum", "EnumType") ||
          sleeper__type_is_as(metaclass, "enum", "EnumMeta"));
}

bool sleeper__repr_enum_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  struct sleeper__object name_object;
  address_t name, value;
  if (object->kind == SLEEPER_KIND_TYPE || !is_enum_as(object->type) ||
      !sleeper__attribute_as(object->address, "_name_", &name) ||
      !sleeper__attribute_as(object->address, "_value_", &value))
    return false;
  if (!sleeper__repr_enter_as(r, object->address, "<...>")) return true;
  char type[MAX_NAME];
  sleeper__text_char_as('<');
  if (sleeper__type_name_as(object->type, type, sizeof type)) sleeper__repr_plain_as(type);
  /* Flags without a member of their own have none. */
  if (!sleeper__object_as(name, &name_object) || name_object.kind != SLEEPER_KIND_NONE) {
    sleeper__text_char_as('.');
    sleeper__repr_name_as(name);
  }
  sleeper__text_ascii_as(": ");
  sleeper__repr_object_as(r, value);
  sleeper__text_char_as('>');
  sleeper__repr_leave_as(r);
  return true;
}

/* "<cell at 0x..: 42>"; of an empty one "<cell at 0x..: empty>". */
void sleeper__repr_cell_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  address_t value;
  if (!sleeper__read_pointer_as(AT(object->address, cell_value), &value)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  sleeper__text_ascii_as("<cell");
  sleeper__repr_at_as(object->address);
  sleeper__text_ascii_as(": ");
  if (value == 0) {
    sleeper__text_ascii_as("empty");
  } else if (sleeper__repr_enter_as(r, object->address, "...")) {
    sleeper__repr_object_as(r, value);
    sleeper__repr_leave_as(r);
  }
  sleeper__text_char_as('>');
}

/* weakref_repr, Objects/weakrefobject.c. A dead reference refers to None. */
void sleeper__repr_weakref_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  struct sleeper__object to;
  address_t address;
  if (!sleeper__read_pointer_as(AT(object->address, weakref_object), &address) ||
      !sleeper__object_as(address, &to)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  sleeper__text_ascii_as("<weakref");
  sleeper__repr_at_as(object->address);
  if (to.kind == SLEEPER_KIND_NONE) {
    sleeper__text_ascii_as("; dead>");
    return;
  }
  sleeper__text_ascii_as("; to '");
  sleeper__repr_type_as(to.type);
  sleeper__text_char_as('\'');
  sleeper__repr_at_as(address);
  sleeper__text_char_as('>');
}

/* "<locked _thread.RLock object owner=1403.. count=2 at 0x..>" */
void sleeper__repr_lock_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  struct sleeper__lock lock;
  if (!sleeper__lock_state_as(object, &lock)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  sleeper__text_ascii_as(lock.locked ? "<locked " : "<unlocked ");
  sleeper__repr_type_as(object->type);
  sleeper__text_ascii_as(" object");
  if (lock.kind == SLEEPER_RLOCK) {
    sleeper__text_ascii_as(" owner=");
    sleeper__text_uint_as(lock.owner);
    sleeper__text_ascii_as(" count=");
    sleeper__text_uint_as(lock.count);
  }
  sleeper__repr_at_as(object->address);
  sleeper__text_char_as('>');
}
