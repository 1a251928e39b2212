/* lifecycle.c: what happens when the library is loaded, and the control block. */
#include <dlfcn.h>

#include "../include/sleeper.h"
#include "allow_attach.h"
#include "arena.h"
#include "layout.h"
#include "live.h"
#include "statics.h"
#include "symbols.h"
#include "thread_ids.h"

extern const char sleeper__entry_begun[] __attribute__((visibility("hidden")));
extern const char sleeper__entry_end[] __attribute__((visibility("hidden")));
extern const char sleeper__entry_done[] __attribute__((visibility("hidden")));
extern const char sleeper__entry_landing[] __attribute__((visibility("hidden")));

/* Weak: in a static program there may be no dynamic loader to ask. */
extern void *dlsym(void *restrict handle, const char *restrict name) __attribute__((weak));

static struct sleeper_wait_note wait_notes[SLEEPER_WAIT_NOTES];

__attribute__((visibility("default"))) struct sleeper_control sleeper_control = {
    .magic = SLEEPER_MAGIC,
    .abi = SLEEPER_ABI,
    .size = sizeof(struct sleeper_control),
    .version = SLEEPER_VERSION,
    .live_request_fd = -1,
    .live_answer_fd = -1,
};

struct sleeper__symbols sleeper__symbols;

static void copy_string(char *to, size_t size, const char *from) {
  size_t i = 0;
  for (; i + 1 < size && from[i] != 0; i++) to[i] = from[i];
  to[i] = 0;
}

static void append_missing(const char *name) {
  char *missing = sleeper_control.missing;
  size_t length = 0;
  while (missing[length] != 0) length++;
  if (length > 0 && length + 1 < sizeof sleeper_control.missing) missing[length++] = ' ';
  copy_string(missing + length, sizeof sleeper_control.missing - length, name);
}

/* "3.8.18 (default, ...)" or "3.15.0b1+ (...)" as PY_VERSION_HEX. */
static uint32_t parse_version(const char *text) {
  uint32_t numbers[3] = {0, 0, 0};
  for (int i = 0; i < 3; i++) {
    for (; *text >= '0' && *text <= '9'; text++) numbers[i] = numbers[i] * 10 + (uint32_t)(*text - '0');
    if (*text == '.') text++;
  }
  uint32_t level = *text == 'a' ? 0xa : *text == 'b' ? 0xb : *text == 'r' ? 0xc : 0xf;
  while (*text >= 'a' && *text <= 'z') text++;
  uint32_t serial = 0;
  if (level != 0xf)
    for (; *text >= '0' && *text <= '9'; text++) serial = serial * 10 + (uint32_t)(*text - '0');
  return (numbers[0] & 255) << 24 | (numbers[1] & 255) << 16 | (numbers[2] & 255) << 8 | level << 4 |
         (serial & 15);
}

/* Py_GetVersion() formats into a static buffer of its own and needs no initialized interpreter. */
static uint32_t running_version(void) {
  union {
    void *object;
    const char *(*function)(void);
  } get_version = {dlsym(RTLD_DEFAULT, "Py_GetVersion")};
  return get_version.object == NULL ? 0 : parse_version(get_version.function());
}

static void find_symbols(uint32_t version) {
  uint32_t short_version = version >> 16;
#define X(name, first, last)                                                                                 \
  sleeper__symbols.name = (uintptr_t)dlsym(RTLD_DEFAULT, #name);                                             \
  if (sleeper__symbols.name == 0 && short_version >= (first) && short_version <= (last))                     \
    append_missing(#name);
  SLEEPER_SYMBOLS(X)
#undef X
  if (dlsym(RTLD_DEFAULT, "PyUnicodeUCS4_FromObject") != NULL) sleeper__symbols.unicode_width = 4;
  if (dlsym(RTLD_DEFAULT, "PyUnicodeUCS2_FromObject") != NULL) sleeper__symbols.unicode_width = 2;
  sleeper__symbols.debug_build = dlsym(RTLD_DEFAULT, "_Py_RefTotal") != NULL;
}

static void learn_thread_ids(void) {
  union {
    void *object;
    uintptr_t (*function)(void);
  } self = {dlsym(RTLD_DEFAULT, "pthread_self")};
  if (self.object != NULL) sleeper__thread_ids_learn(self.function());
}

static void refuse(const char *reason) {
  sleeper_control.state = SLEEPER_UNSUPPORTED;
  copy_string(sleeper_control.reason, sizeof sleeper_control.reason, reason);
}

static void look_for_python(void) {
  if (dlsym == NULL) return;
  uint32_t version = running_version();
  if (version == 0) return;
  sleeper_control.python_version = version;
  if (dlsym(RTLD_DEFAULT, "PyPyErr_Print") != NULL || dlsym(RTLD_DEFAULT, "PyPy_SimpleString") != NULL) {
    refuse("this is PyPy, not CPython");
    return;
  }
  find_symbols(version);
  if (sleeper__symbols.debug_build && version < 0x03080000) {
    refuse("debug builds before 3.8 lay their objects out differently and are not supported");
    return;
  }
  sleeper_control.entry = (uintptr_t)sleeper_entry;
  sleeper_control.begun = (uintptr_t)sleeper__entry_begun;
  sleeper_control.end = (uintptr_t)sleeper__entry_end;
  sleeper_control.done = (uintptr_t)sleeper__entry_done;
  sleeper_control.landing = (uintptr_t)sleeper__entry_landing;
  sleeper_control.live_start = (uintptr_t)sleeper__live_start;
  sleeper_control.wait_notes_count = SLEEPER_WAIT_NOTES;
  sleeper_control.wait_notes = (uintptr_t)wait_notes;
  if (!sleeper__arena_map()) {
    refuse("no address space is left for the agent's arena");
    return;
  }
  const char *unusable =
      sleeper__layout_select_as(version, sleeper__symbols._PyRuntime, sleeper__symbols.debug_build);
  if (unusable != NULL) {
    refuse(unusable);
    return;
  }
  learn_thread_ids();
  sleeper__statics_learn(version);
  sleeper__allow_attach_if_wanted();
  sleeper_control.state = SLEEPER_READY;
}

__attribute__((constructor)) static void wake_once(void) {
  look_for_python();
}

int64_t sleeper_look_again(void) {
  if (sleeper_control.state == SLEEPER_NOT_PYTHON) look_for_python();
  return sleeper_control.state == SLEEPER_NOT_PYTHON ? -1 : 0;
}
