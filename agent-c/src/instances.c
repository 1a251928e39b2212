/* instances.c: the attributes of an instance: its __dict__ in every shape, and its __slots__. */
#include "dicts.h"
#include "layout.h"
#include "symbols.h"

/* Include/object.h, Include/cpython/object.h */
#define TYPE_FLAG_INLINE_VALUES (1u << 2) /* 3.13+ */
#define TYPE_FLAG_MANAGED_DICT (1u << 4)  /* 3.11+ */
#define MAX_BASES 64
#define MAX_OBJECT_BYTES ((int64_t)1 << 40)
#define MAX_ITEM_BYTES ((int64_t)1 << 12)
/* Include/structmember.h: T_OBJECT, T_OBJECT_EX. */
#define MEMBER_OBJECT 6
#define MEMBER_OBJECT_EX 16

/* 3.12: the lowest bit of the pointer says that it points (one byte below) to values, not to a
 * dict: PyDictOrValues, Include/internal/pycore_object.h. */
static bool tagged_values_as(address_t type, address_t pointer, struct sleeper__dict_cursor *cursor) {
  address_t keys;
  return sleeper__read_pointer_as(AT(type, heaptype_cached_keys), &keys) &&
         sleeper__dict_begin_split_as(keys, pointer + 1, cursor);
}

/* 3.13+: the values lie in the object itself, as long as they are valid. */
static bool inline_values_as(const struct sleeper__object *object, struct sleeper__dict_cursor *cursor) {
  address_t keys;
  uint64_t size;
  uint8_t valid;
  if ((object->type_flags & TYPE_FLAG_INLINE_VALUES) == 0 ||
      !sleeper__read_u64_as(AT(object->type, type_basicsize), &size) || size > (uint64_t)MAX_OBJECT_BYTES)
    return false;
  address_t values = object->address + size;
  return sleeper__read_u8_as(AT(values, dictvalues_valid), &valid) && valid != 0 &&
         sleeper__read_pointer_as(AT(object->type, heaptype_cached_keys), &keys) &&
         sleeper__dict_begin_split_as(keys, values, cursor);
}

/* 3.11+: the dict, or the values that stand for it, hang on a pointer in front of the object. */
static bool begin_managed_as(const struct sleeper__object *object, struct sleeper__dict_cursor *cursor) {
  address_t pointer, values, keys;
  if (!sleeper__read_pointer_as(object->address - sleeper__layout.managed_dict_offset, &pointer))
    return false;
  if ((pointer & 1) != 0 && !SINCE(3, 13)) return tagged_values_as(object->type, pointer, cursor);
  if (pointer != 0) return sleeper__dict_begin_as(pointer, cursor);
  if (SINCE(3, 13)) return inline_values_as(object, cursor);
  return HAS(managed_values_offset) &&
         sleeper__read_pointer_as(object->address - sleeper__layout.managed_values_offset, &values) &&
         values != 0 && sleeper__read_pointer_as(AT(object->type, heaptype_cached_keys), &keys) &&
         sleeper__dict_begin_split_as(keys, values, cursor);
}

static bool within_as(int64_t value, int64_t most) {
  return value >= -most && value <= most;
}

/* The size of an object of variable size, as _PyObject_VAR_SIZE has it. */
static bool variable_size_as(const struct sleeper__object *object, int64_t *size) {
  int64_t count, basic, item;
  uint64_t tag;
  if (!sleeper__object_size_as(object->address, &count) ||
      !sleeper__read_i64_as(AT(object->type, type_basicsize), &basic) ||
      !sleeper__read_i64_as(AT(object->type, type_itemsize), &item))
    return false;
  /* Up to 3.11 the sign of an int is in ob_size; from 3.12 on its size is in the tag. */
  if (object->kind == SLEEPER_KIND_LONG && HAS(long_tag)) {
    if (!sleeper__read_u64_as(AT(object->address, long_tag), &tag)) return false;
    count = (int64_t)(tag >> 3);
  }
  if (!within_as(count, MAX_OBJECT_BYTES) || !within_as(basic, MAX_OBJECT_BYTES) ||
      !within_as(item, MAX_ITEM_BYTES))
    return false;
  *size = (basic + (count < 0 ? -count : count) * item + 7) / 8 * 8;
  return true;
}

/* tp_dictoffset; a negative one counts from the end of the object (_PyObject_GetDictPtr,
 * Objects/object.c). */
static bool begin_at_offset_as(const struct sleeper__object *object, struct sleeper__dict_cursor *cursor) {
  int64_t offset, size;
  address_t dict;
  if (!sleeper__read_i64_as(AT(object->type, type_dictoffset), &offset) || offset == 0 ||
      !within_as(offset, MAX_OBJECT_BYTES))
    return false;
  if (offset < 0) {
    if (!variable_size_as(object, &size)) return false;
    offset += size;
  }
  return offset > 0 && sleeper__read_pointer_as(object->address + (address_t)offset, &dict) && dict != 0 &&
         sleeper__dict_begin_as(dict, cursor);
}

bool sleeper__attributes_begin_as(address_t address, struct sleeper__dict_cursor *cursor) {
  struct sleeper__object object;
  address_t dict;
  if (!sleeper__object_as(address, &object)) return false;
  if (object.kind == SLEEPER_KIND_OLD_INSTANCE)
    return sleeper__read_pointer_as(AT(address, oldinstance_dict), &dict) &&
           sleeper__dict_begin_as(dict, cursor);
  if (HAS(managed_dict_offset) && (object.type_flags & TYPE_FLAG_MANAGED_DICT) != 0)
    return begin_managed_as(&object, cursor);
  return begin_at_offset_as(&object, cursor);
}

bool sleeper__attribute_as(address_t object, const char *ascii_name, address_t *value) {
  struct sleeper__dict_cursor cursor;
  return sleeper__attributes_begin_as(object, &cursor) &&
         sleeper__dict_find_name_as(&cursor, ascii_name, value);
}

address_t sleeper__attribute_of_as(address_t object, const char *ascii_name) {
  address_t value;
  return object != 0 && sleeper__attribute_as(object, ascii_name, &value) ? value : 0;
}

void sleeper__slots_begin_as(address_t address, struct sleeper__slot_cursor *cursor) {
  struct sleeper__object object;
  *cursor = (struct sleeper__slot_cursor){.object = address};
  if (sleeper__object_as(address, &object)) cursor->type = object.type;
}

/* Is this a descriptor of a member that holds an object, and is it set in this instance? */
static bool member_as(address_t descriptor, address_t object, char *name, size_t size, address_t *value) {
  address_t type, member, text;
  int32_t member_type;
  int64_t offset;
  return sleeper__read_pointer_as(AT(descriptor, object_type), &type) &&
         type == sleeper__symbols.PyMemberDescr_Type &&
         sleeper__read_pointer_as(AT(descriptor, memberdescr_member), &member) &&
         sleeper__read_i32_as(AT(member, memberdef_type), &member_type) &&
         (member_type == MEMBER_OBJECT || member_type == MEMBER_OBJECT_EX) &&
         sleeper__read_i64_as(AT(member, memberdef_offset), &offset) && offset > 0 &&
         offset < MAX_OBJECT_BYTES && sleeper__read_pointer_as(AT(member, memberdef_name), &text) &&
         sleeper__read_c_string_as(text, name, size) &&
         sleeper__read_pointer_as(object + (address_t)offset, value) && *value != 0;
}

/* A type that is as large as its base adds no slot: its dict need not be searched. Nor does one that was
 * made by a class statement (or, from 3.8 on, by PyType_FromSpec) without members: these, as many as
 * ob_size says, lie behind a PyHeapTypeObject. */
static bool adds_members_as(address_t type) {
  address_t base;
  uint64_t size, base_size, flags;
  int64_t members;
  if (SINCE(3, 8) && sleeper__read_u64_as(AT(type, type_flags), &flags) && (flags & SLEEPER_TYPE_HEAP) != 0 &&
      sleeper__object_size_as(type, &members) && members == 0)
    return false;
  if (!sleeper__read_pointer_as(AT(type, type_base), &base)) return false;
  return base != 0 && sleeper__read_u64_as(AT(type, type_basicsize), &size) &&
         sleeper__read_u64_as(AT(base, type_basicsize), &base_size) && size != base_size;
}

static bool has_slots_as(address_t type) {
  uint64_t flags;
  address_t slots;
  return sleeper__read_u64_as(AT(type, type_flags), &flags) && (flags & SLEEPER_TYPE_HEAP) != 0 &&
         sleeper__read_pointer_as(AT(type, heaptype_slots), &slots) && slots != 0;
}

static bool enter_type_as(struct sleeper__slot_cursor *cursor) {
  address_t dict;
  if (cursor->in_python_only && !has_slots_as(cursor->type)) return false;
  return adds_members_as(cursor->type) && sleeper__read_pointer_as(AT(cursor->type, type_dict), &dict) &&
         dict != 0 && sleeper__dict_begin_as(dict, &cursor->members);
}

bool sleeper__slots_next_as(struct sleeper__slot_cursor *cursor, char *name, size_t size, address_t *value) {
  address_t key, descriptor;
  while (cursor->type != 0 && cursor->depth < MAX_BASES) {
    if (!cursor->in_type) cursor->in_type = enter_type_as(cursor);
    while (cursor->in_type && sleeper__dict_next_as(&cursor->members, &key, &descriptor))
      /* Before 3.12 the __dict__ of a types.SimpleNamespace is a member (Objects/namespaceobject.c). */
      if (member_as(descriptor, cursor->object, name, size, value) &&
          !sleeper__string_equals_as(key, "__dict__"))
        return true;
    cursor->in_type = false;
    cursor->depth++;
    if (!sleeper__read_pointer_as(AT(cursor->type, type_base), &cursor->type)) cursor->type = 0;
  }
  return false;
}
