/* warnings.c: what is missing or doubtful, kept aside until the end of the answer. */
#include "limits.h"
#include "writer.h"

#define MAX_WARNINGS 256

struct warning {
  const char *where;
  const char *message;
  uintptr_t address;
};
static struct warning warnings[MAX_WARNINGS];
static uint32_t warning_count;
static uint32_t warnings_lost;

void sleeper__warnings_begin_as(void) {
  warning_count = 0;
  warnings_lost = 0;
}

void sleeper__warn_as(const char *where, const char *message, uintptr_t address) {
  uint32_t limit = sleeper__limits.max_warnings;
  if (limit > MAX_WARNINGS) limit = MAX_WARNINGS;
  if (warning_count >= limit) {
    warnings_lost++;
    return;
  }
  warnings[warning_count++] = (struct warning){where, message, address};
}

static void write_warning_as(const struct warning *warning) {
  sleeper__json_object_begin_as(NULL);
  sleeper__json_string_as("where", warning->where);
  sleeper__json_string_begin_as("message");
  sleeper__text_ascii_as(warning->message);
  if (warning->address != 0) {
    sleeper__text_ascii_as(" at 0x");
    sleeper__text_hex_as(warning->address, 1);
  }
  sleeper__json_string_end_as();
  sleeper__json_object_end_as();
}

void sleeper__warnings_write_as(const char *key) {
  sleeper__writer_use_reserve_as();
  sleeper__json_array_begin_as(key);
  for (uint32_t i = 0; i < warning_count; i++) write_warning_as(&warnings[i]);
  if (warnings_lost > 0)
    write_warning_as(&(struct warning){"warnings", "there were more than the limit of warnings", 0});
  sleeper__json_array_end_as();
}
