/* types.c: what a type is called. */
#include "layout.h"
#include "objects.h"

#define MAX_TYPE_NAME 512

static void copy_as(const char *from, char *to, size_t size) {
  size_t i = 0;
  for (; i + 1 < size && from[i] != 0; i++) to[i] = from[i];
  to[i] = 0;
}

/* tp_name, and where its part after the last dot begins. */
static bool read_name_as(address_t type, char full[MAX_TYPE_NAME], size_t *last) {
  address_t text;
  if (!sleeper__read_pointer_as(AT(type, type_name), &text) ||
      !sleeper__read_c_string_as(text, full, MAX_TYPE_NAME))
    return false;
  *last = 0;
  for (size_t i = 0; full[i] != 0; i++)
    if (full[i] == '.' && full[i + 1] != 0) *last = i + 1;
  return true;
}

static bool is_heap_type_as(address_t type) {
  uint64_t flags;
  return sleeper__read_u64_as(AT(type, type_flags), &flags) && (flags & SLEEPER_TYPE_HEAP) != 0;
}

bool sleeper__type_name_as(address_t type, char *name, size_t size) {
  char full[MAX_TYPE_NAME];
  size_t last;
  if (!read_name_as(type, full, &last)) return false;
  copy_as(full + last, name, size);
  return true;
}

static bool is_builtins_as(const char *module) {
  static const char names[2][12] = {"builtins", "__builtin__"}; /* 3.x, 2.7 */
  for (int n = 0; n < 2; n++) {
    size_t i = 0;
    while (names[n][i] != 0 && names[n][i] == module[i]) i++;
    if (names[n][i] == 0 && module[i] == 0) return true;
  }
  return false;
}

/* A static type's module is the part of tp_name before the last dot; a heap type's is in its dict
 * (type_module, Objects/typeobject.c). */
bool sleeper__type_module_as(address_t type, char *name, size_t size) {
  char full[MAX_TYPE_NAME];
  address_t dict, module;
  size_t last;
  if (is_heap_type_as(type) && sleeper__read_pointer_as(AT(type, type_dict), &dict) &&
      sleeper__dict_get_as(dict, "__module__", &module) && sleeper__string_as(module, name, size))
    return !is_builtins_as(name);
  if (!read_name_as(type, full, &last) || last == 0) return false;
  full[last - 1] = 0;
  copy_as(full, name, size);
  return !is_builtins_as(name);
}

/* PyHeapTypeObject: ht_name, ht_slots, ht_qualname, ht_cached_keys in all of 3.x
 * (Include/object.h, Include/cpython/object.h). */
bool sleeper__type_qualname_as(address_t type, char *name, size_t size) {
  address_t qualname;
  if (SINCE(3, 3) && HAS(heaptype_cached_keys) && is_heap_type_as(type) &&
      sleeper__read_pointer_as(AT(type, heaptype_cached_keys) - sizeof(void *), &qualname) &&
      sleeper__string_as(qualname, name, size))
    return true;
  return sleeper__type_name_as(type, name, size);
}

static bool same_as(const char *left, const char *right) {
  while (*left != 0 && *left == *right) left++, right++;
  return *left == *right;
}

bool sleeper__type_is_as(address_t type, const char *module, const char *name) {
  char found[48];
  return sleeper__type_name_as(type, found, sizeof found) && same_as(found, name) &&
         sleeper__type_module_as(type, found, sizeof found) && same_as(found, module);
}
