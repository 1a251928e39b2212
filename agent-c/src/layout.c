/* layout.c: selects the layout of the running interpreter. The tables come from the headers of CPython;
 * from 3.13 on the interpreter itself says where many of its fields are (_Py_DebugOffsets, at the start
 * of _PyRuntime), and is believed once it has been found consistent. */
#include "layout.h"

#include <stddef.h>

#include "layout_tables.h"
#include "memory.h"

/* No structure of CPython is larger; _PyRuntime is the largest, with less than 1 MiB. */
#define MAX_STRUCTURE_BYTES ((uint64_t)1 << 24)

/* The members of _Py_DebugOffsets that are the same in every version that has it. */
#define COOKIE_BYTES 8
#define VERSION_SLOT 8
#define FREE_THREADED_SLOT 16

struct sleeper__layout sleeper__layout;

union debug_offsets {
  char cookie[COOKIE_BYTES];
  uint64_t slots[SLEEPER_DEBUG_OFFSETS_BYTES / sizeof(uint64_t)];
};

/* `field` is the offset of a member of struct sleeper__layout. */
static void set_as(uint32_t field, uint32_t value) {
  *(uint32_t *)(void *)((char *)&sleeper__layout + field) = value;
}

static uint64_t slot_as(const union debug_offsets *offsets, uint32_t slot) {
  return offsets->slots[slot / sizeof(uint64_t)];
}

static bool is_cookie_as(const union debug_offsets *offsets) {
  static const char cookie[COOKIE_BYTES] = {'x', 'd', 'e', 'b', 'u', 'g', 'p', 'y'};
  for (size_t i = 0; i < COOKIE_BYTES; i++)
    if (offsets->cookie[i] != cookie[i]) return false;
  return true;
}

/* The size of the structure that the field is in, or the cap where it is not said. */
static uint64_t bound_as(const union debug_offsets *offsets, const struct sleeper__debug_offset *entry) {
  return entry->bound != 0 ? slot_as(offsets, entry->bound) : MAX_STRUCTURE_BYTES;
}

static const char *check_field_as(const union debug_offsets *offsets,
                                  const struct sleeper__debug_offset *entry) {
  uint64_t value = slot_as(offsets, entry->slot);
  uint64_t bound = bound_as(offsets, entry);
  uint64_t start = entry->minus != 0 ? slot_as(offsets, entry->minus) : 0;
  if (bound == 0 || bound > MAX_STRUCTURE_BYTES)
    return "_Py_DebugOffsets gives a structure an impossible size";
  if (value > bound || entry->bytes > bound - value)
    return "_Py_DebugOffsets places a field outside of its structure";
  if (start > value || value % entry->align != 0 || start % entry->align != 0)
    return "_Py_DebugOffsets misplaces a field";
  return NULL;
}

/* Two fields of one structure (those that name the same bound) cannot share a byte. */
static bool overlap_as(const union debug_offsets *offsets, const struct sleeper__debug_offset *one,
                       const struct sleeper__debug_offset *other) {
  uint64_t a = slot_as(offsets, one->slot);
  uint64_t b = slot_as(offsets, other->slot);
  return one->bound != 0 && one->bound == other->bound && a < b + other->bytes && b < a + one->bytes;
}

static const char *check_all_as(const union debug_offsets *offsets,
                                const struct sleeper__debug_offsets *known) {
  for (uint32_t i = 0; i < known->count; i++) {
    const char *reason = check_field_as(offsets, &known->fields[i]);
    if (reason != NULL) return reason;
    for (uint32_t j = 0; j < i; j++)
      if (overlap_as(offsets, &known->fields[i], &known->fields[j]))
        return "_Py_DebugOffsets places two fields at the same offset";
  }
  return NULL;
}

static const char *apply_debug_offsets_as(const struct sleeper__debug_offsets *known, uint32_t version,
                                          uintptr_t runtime) {
  union debug_offsets offsets = {.slots = {0}};
  if (!sleeper__read_as(runtime, &offsets, known->bytes)) return "_PyRuntime cannot be read";
  if (!is_cookie_as(&offsets)) return "_PyRuntime does not begin with the cookie of _Py_DebugOffsets";
  if (slot_as(&offsets, VERSION_SLOT) >> 16 != version >> 16)
    return "_Py_DebugOffsets is of another Python version than the interpreter";
  if (slot_as(&offsets, FREE_THREADED_SLOT) != 0) return "free-threaded builds are not supported yet";
  const char *reason = check_all_as(&offsets, known);
  if (reason != NULL) return reason;
  for (uint32_t i = 0; i < known->count; i++) {
    const struct sleeper__debug_offset *entry = &known->fields[i];
    uint64_t start = entry->minus != 0 ? slot_as(&offsets, entry->minus) : 0;
    set_as(entry->field, (uint32_t)(slot_as(&offsets, entry->slot) - start));
  }
  return NULL;
}

/* The column of the table for a release, 0xMMmmpp; SLEEPER_LAYOUT_VERSIONS when there is none. */
static uint32_t column_as(uint32_t release) {
  uint32_t column = SLEEPER_LAYOUT_VERSIONS;
  for (uint32_t i = 0; i < SLEEPER_LAYOUT_VERSIONS; i++)
    if (sleeper__layout_versions[i] >> 8 == release >> 8 && sleeper__layout_versions[i] <= release)
      column = i;
  return column;
}

const char *sleeper__layout_select_as(uint32_t version, uintptr_t runtime, bool debug_build) {
  uint32_t column = column_as(version >> 8);
  if (column == SLEEPER_LAYOUT_VERSIONS) return "this Python version is not supported";
  sleeper__layout.version = (uint16_t)(version >> 16);
  for (uint32_t i = 0; i < SLEEPER_LAYOUT_FIELDS; i++)
    set_as((uint32_t)sizeof(uint32_t) * (i + 1), sleeper__layout_values[i][column]);
  /* The only field behind the count of references in struct _Py_object_state of the interpreter
     (Include/internal/pycore_object_state.h); layout/headers.py checks that. */
  if (debug_build && sleeper__layout.interp_asyncio_tasks_head != SLEEPER_ABSENT)
    sleeper__layout.interp_asyncio_tasks_head += (uint32_t)sizeof(int64_t);
  const struct sleeper__debug_offsets *known = &sleeper__layout_debug[column];
  return runtime != 0 && known->count != 0 ? apply_debug_offsets_as(known, version, runtime) : NULL;
}
