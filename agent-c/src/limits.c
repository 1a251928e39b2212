#include "limits.h"

#include "arena.h"
#include "writer.h"

/* One line a limit: its member, its name in the answer, its default, and what it may be at most. */
#define LIMITS(X)                                                                                            \
  X(max_threads, "threads", 4096, 65536)                                                                     \
  X(max_frames, "frames", 1000, 1000000)                                                                     \
  X(max_depth, "depth", 4, 32)                                                                               \
  X(max_items, "items", 100, 1000000)                                                                        \
  X(max_string, "string", 256, 16000000)                                                                     \
  X(max_repr, "repr", 4096, 16000000)                                                                        \
  X(max_variables, "variables", 250, 100000)                                                                 \
  X(max_warnings, "warnings", 100, 256)                                                                      \
  X(max_answer, "answer", 64 << 20, 64 << 20)

struct sleeper_limits sleeper__limits;

void sleeper__limits_take_as(const struct sleeper_limits *requested) {
#define X(member, name, default_value, most)                                                                 \
  sleeper__limits.member = requested->member == 0       ? (default_value)                                    \
                           : requested->member > (most) ? (most)                                             \
                                                        : requested->member;
  LIMITS(X)
#undef X
  if (sleeper__limits.max_answer > sleeper__arena.output_bytes)
    sleeper__limits.max_answer = (uint32_t)sleeper__arena.output_bytes;
}

void sleeper__limits_write_as(void) {
  sleeper__json_object_begin_as("limits");
#define X(member, name, default_value, most) sleeper__json_uint_as(name, sleeper__limits.member);
  LIMITS(X)
#undef X
  sleeper__json_object_end_as();
}
