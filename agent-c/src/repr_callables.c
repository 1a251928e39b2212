/* repr_callables.c: functions, methods, classes, modules, code. */
#include "layout.h"
#include "repr.h"
#include "writer.h"

#define MAX_NAME 200

static address_t field_as(address_t at) {
  address_t value = 0;
  return sleeper__read_pointer_as(at, &value) ? value : 0;
}

static address_t function_name_as(address_t function) {
  return field_as(HAS(function_qualname) ? AT(function, function_qualname) : AT(function, function_name));
}

/* What a method is bound to, without its attributes: they would hide the method. */
static void self_as(struct sleeper__repr *r, address_t address) {
  struct sleeper__object self;
  if (!sleeper__object_as(address, &self) ||
      (self.kind != SLEEPER_KIND_INSTANCE && self.kind != SLEEPER_KIND_OLD_INSTANCE)) {
    sleeper__repr_object_as(r, address);
    return;
  }
  sleeper__text_char_as('<');
  sleeper__repr_type_as(self.type);
  sleeper__text_ascii_as(" object");
  sleeper__repr_at_as(address);
  sleeper__text_char_as('>');
}

/* 2.7 has no qualified names: the class is the one that the method was looked up in. It comes after
 * im_self in PyMethodObject (2.7, Include/classobject.h). */
static void class_of_method27_as(address_t method) {
  address_t type = field_as(AT(method, method_self) + sizeof(void *));
  struct sleeper__object object;
  if (!sleeper__object_as(type, &object)) {
    sleeper__text_ascii_as("?.");
    return;
  }
  if (object.kind == SLEEPER_KIND_OLD_CLASS) {
    sleeper__repr_name_as(field_as(AT(type, oldclass_name)));
  } else {
    char name[MAX_NAME];
    if (sleeper__type_name_as(type, name, sizeof name)) sleeper__repr_plain_as(name);
  }
  sleeper__text_char_as('.');
}

static void method_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  address_t function = field_as(AT(object->address, method_function));
  address_t self = field_as(AT(object->address, method_self));
  struct sleeper__object callee;
  if (!sleeper__repr_enter_as(r, object->address, "<bound method ...>")) return;
  sleeper__text_ascii_as(self != 0 ? "<bound method " : "<unbound method ");
  if (!SINCE(3, 0)) class_of_method27_as(object->address);
  if (sleeper__object_as(function, &callee) && callee.kind == SLEEPER_KIND_FUNCTION) {
    sleeper__repr_name_as(function_name_as(function));
  } else {
    sleeper__text_char_as('?');
  }
  if (self != 0) {
    sleeper__text_ascii_as(" of ");
    self_as(r, self);
  }
  sleeper__text_char_as('>');
  sleeper__repr_leave_as(r);
}

static __attribute__((noinline)) void builtin_name_as(address_t builtin) {
  char name[MAX_NAME];
  address_t definition = field_as(AT(builtin, cfunction_def));
  if (definition == 0 ||
      !sleeper__read_c_string_as(field_as(AT(definition, methoddef_name)), name, sizeof name)) {
    sleeper__text_char_as('?');
  } else {
    sleeper__repr_plain_as(name);
  }
}

/* meth_repr, Objects/methodobject.c: a function of a module has the module for its self. */
static void builtin_as(const struct sleeper__object *object) {
  struct sleeper__object self;
  bool bound = sleeper__object_as(field_as(AT(object->address, cfunction_self)), &self) &&
               self.kind != SLEEPER_KIND_MODULE;
  sleeper__text_ascii_as(bound ? "<built-in method " : "<built-in function ");
  builtin_name_as(object->address);
  if (bound) {
    sleeper__text_ascii_as(" of ");
    sleeper__repr_type_as(self.type);
    sleeper__text_ascii_as(" object");
    sleeper__repr_at_as(self.address);
  }
  sleeper__text_char_as('>');
}

void sleeper__repr_callable_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  if (object->kind == SLEEPER_KIND_METHOD) {
    method_as(r, object);
  } else if (object->kind == SLEEPER_KIND_BUILTIN) {
    builtin_as(object);
  } else {
    sleeper__text_ascii_as("<function ");
    sleeper__repr_name_as(function_name_as(object->address));
    sleeper__repr_at_as(object->address);
    sleeper__text_char_as('>');
  }
}

/* type_repr, Objects/typeobject.c; class_repr, Objects/classobject.c of 2.7. */
void sleeper__repr_class_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  uint64_t flags = 0;
  if (object->kind == SLEEPER_KIND_OLD_CLASS) {
    address_t dict = field_as(AT(object->address, oldclass_name) - sizeof(void *)); /* cl_dict, cl_name */
    address_t module;
    sleeper__text_ascii_as("<class ");
    if (sleeper__dict_get_as(dict, "__module__", &module)) {
      sleeper__repr_name_as(module);
      sleeper__text_char_as('.');
    }
    sleeper__repr_name_as(field_as(AT(object->address, oldclass_name)));
    sleeper__repr_at_as(object->address);
    sleeper__text_char_as('>');
    return;
  }
  if (!sleeper__read_u64_as(AT(object->address, type_flags), &flags)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  sleeper__text_ascii_as(SINCE(3, 0) || (flags & SLEEPER_TYPE_HEAP) != 0 ? "<class '" : "<type '");
  sleeper__repr_type_as(object->address);
  sleeper__text_ascii_as("'>");
}

void sleeper__repr_module_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  address_t dict, name;
  if (!sleeper__read_pointer_as(AT(object->address, module_dict), &dict)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  sleeper__text_ascii_as("<module '");
  if (sleeper__dict_get_as(dict, "__name__", &name)) {
    sleeper__repr_name_as(name);
  } else {
    sleeper__text_char_as('?');
  }
  sleeper__text_ascii_as("'>");
}

void sleeper__repr_code_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  int32_t line;
  if (!sleeper__read_i32_as(AT(object->address, code_firstlineno), &line)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  sleeper__text_ascii_as("<code object ");
  sleeper__repr_name_as(field_as(AT(object->address, code_name)));
  sleeper__repr_at_as(object->address);
  sleeper__text_ascii_as(", file \"");
  sleeper__repr_name_as(field_as(AT(object->address, code_filename)));
  sleeper__text_ascii_as("\", line ");
  sleeper__text_int_as(line);
  sleeper__text_char_as('>');
}

/* "<frame at 0x.., file 'x.py', code f>" */
void sleeper__repr_frame_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  address_t code = 0;
  struct sleeper__object found;
  if (HAS(frameobject_iframe)) {
    address_t frame = field_as(AT(object->address, frameobject_iframe));
    if (frame != 0) code = field_as(AT(frame, iframe_code));
    if (HAS(stackref_tag_mask)) code &= ~(address_t)sleeper__layout.stackref_tag_mask;
  } else {
    code = field_as(AT(object->address, frame_code));
  }
  if (!sleeper__object_as(code, &found) || found.kind != SLEEPER_KIND_CODE) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  sleeper__text_ascii_as("<frame");
  sleeper__repr_at_as(object->address);
  sleeper__text_ascii_as(", file '");
  sleeper__repr_name_as(field_as(AT(code, code_filename)));
  sleeper__text_ascii_as("', code ");
  sleeper__repr_name_as(field_as(AT(code, code_name)));
  sleeper__text_char_as('>');
}
