#include "modules.h"

#include "objects.h"
#include "variables.h"
#include "writer.h"

#define MAX_NAME 4096
#define MAX_MODULES 4096u
#define SLOTS (2 * MAX_MODULES) /* a power of two, so large that there is always a free one */

static address_t modules[MAX_MODULES];
static uint32_t module_count;
static bool more;

/* Which of them is where: a frame's module is nearly always known already. 0 is free, else 1 + index. */
static uint16_t slots[SLOTS];

void sleeper__modules_begin_as(void) {
  module_count = 0;
  more = false;
  for (uint32_t i = 0; i < SLOTS; i++) slots[i] = 0;
}

void sleeper__module_note_as(address_t globals) {
  uint32_t slot = (uint32_t)(globals * 0x9E3779B97F4A7C15u >> 40) % SLOTS;
  for (; slots[slot] != 0; slot = (slot + 1) % SLOTS)
    if (modules[slots[slot] - 1] == globals) return;
  if (module_count == MAX_MODULES) {
    more = true;
    return;
  }
  modules[module_count++] = globals;
  slots[slot] = (uint16_t)module_count;
}

void sleeper__modules_write_as(void) {
  if (more)
    sleeper__warn_as("modules", "more than 4096 modules have a frame: the globals of the others are left out",
                     0);
  sleeper__json_section_begin_as("modules");
  for (uint32_t i = 0; i < module_count; i++) {
    address_t name = 0;
    struct sleeper__mark mark = sleeper__writer_mark_as();
    sleeper__dict_get_as(modules[i], "__name__", &name);
    sleeper__json_object_begin_as(NULL);
    sleeper__json_name_as("name", name, MAX_NAME);
    sleeper__namespace_write_as("globals", "truncated", modules[i], NULL);
    sleeper__json_object_end_as();
    if (!sleeper__json_element_kept_as(mark, "the answer was too large: module globals were left out")) break;
  }
  sleeper__json_section_end_as();
}
