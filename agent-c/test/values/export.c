/* export.c: what the test of the values calls, linked with the agent's own sources. */
#include "../../include/sleeper.h"
#include "../../src/arena.h"
#include "../../src/limits.h"
#include "../../src/memory.h"
#include "../../src/objects.h"
#include "../../src/serve.h"
#include "../../src/values.h"
#include "../../src/writer.h"

#define EXPORT __attribute__((visibility("default")))

const char *sleeper_test_value(uintptr_t address, const struct sleeper_limits *limits);
const char *sleeper_test_damaged(uintptr_t address, const struct sleeper_limits *limits, uint8_t *damage,
                                 uint64_t size, const uint8_t *instead);
uintptr_t sleeper_test_lock_behind(uintptr_t address);
const char *sleeper_test_text(uintptr_t address, uint32_t max);
int sleeper_test_string(uintptr_t address, char *utf8, size_t size);
int sleeper_test_attribute(uintptr_t address, const char *name, uintptr_t *value);
const char *sleeper_test_dump(uint32_t flags, const struct sleeper_limits *limits, const int32_t *sockets,
                              uint64_t count);

/* The value at `address` as a JSON object, good until the next call. */
EXPORT const char *sleeper_test_value(uintptr_t address, const struct sleeper_limits *limits) {
  sleeper__memory_reset_as();
  sleeper__limits_take_as(limits);
  sleeper__writer_begin_as(true);
  sleeper__json_object_begin_as(NULL);
  sleeper__value_members_as(address);
  sleeper__json_object_end_as();
  sleeper__writer_end_as();
  return (const char *)(uintptr_t)sleeper_control.arena;
}

static void swap(uint8_t *left, uint8_t *right, uint64_t size) {
  for (uint64_t i = 0; i < size; i++) {
    uint8_t byte = left[i];
    left[i] = right[i];
    right[i] = byte;
  }
}

/* The same, with `size` (up to 64) bytes at `damage` replaced while it is decoded. */
EXPORT const char *sleeper_test_damaged(uintptr_t address, const struct sleeper_limits *limits,
                                        uint8_t *damage, uint64_t size, const uint8_t *instead) {
  uint8_t kept[64];
  for (uint64_t i = 0; i < size; i++) kept[i] = instead[i];
  swap(damage, kept, size);
  const char *json = sleeper_test_value(address, limits);
  swap(damage, kept, size);
  return json;
}

EXPORT uintptr_t sleeper_test_lock_behind(uintptr_t address) {
  uintptr_t lock;
  sleeper__memory_reset_as();
  return sleeper__lock_behind_as(address, &lock) ? lock : 0;
}

/* A JSON object with the member "text". */
EXPORT const char *sleeper_test_text(uintptr_t address, uint32_t max) {
  sleeper__memory_reset_as();
  sleeper__writer_begin_as(true);
  sleeper__json_object_begin_as(NULL);
  sleeper__json_text_member_as("text", address, max);
  sleeper__json_object_end_as();
  sleeper__writer_end_as();
  return (const char *)(uintptr_t)sleeper_control.arena;
}

EXPORT int sleeper_test_string(uintptr_t address, char *utf8, size_t size) {
  sleeper__memory_reset_as();
  return sleeper__string_as(address, utf8, size);
}

EXPORT int sleeper_test_attribute(uintptr_t address, const char *name, uintptr_t *value) {
  sleeper__memory_reset_as();
  return sleeper__attribute_as(address, name, value);
}

/* A whole answer to a dump request. */
EXPORT const char *sleeper_test_dump(uint32_t flags, const struct sleeper_limits *limits,
                                     const int32_t *sockets, uint64_t count) {
  for (uint64_t i = 0; i < count; i++) ((int32_t *)(void *)sleeper__arena.output)[i] = sockets[i];
  sleeper_control.request = SLEEPER_REQUEST_DUMP;
  sleeper_control.flags = flags;
  sleeper_control.limits = *limits;
  sleeper_control.input_length = count * sizeof(int32_t);
  sleeper__serve_as();
  return (const char *)(uintptr_t)sleeper_control.arena;
}
