#include "log.h"

#include "objects.h"

/* Bytes of a name or a path: as long as a path may be. */
#define MAX_TEXT 4096

static char *bytes;
static uint64_t capacity;
static uint64_t *committed; /* the length up to the last whole record */
static uint64_t position;

void sleeper__log_use_as(char *log, uint64_t log_bytes, uint64_t *length) {
  bytes = log;
  capacity = log_bytes;
  committed = length;
}

static void byte_as(uint8_t byte) {
  if (position < capacity) bytes[position] = (char)byte;
  position++;
}

void sleeper__log_begin_as(uint8_t kind) {
  position = *committed;
  byte_as(kind);
}

void sleeper__log_number_as(uint64_t number) {
  for (; number >= 0x80; number >>= 7) byte_as((uint8_t)(number | 0x80));
  byte_as((uint8_t)number);
}

void sleeper__log_text_as(address_t str) {
  char text[MAX_TEXT];
  size_t length = 0;
  if (str != 0 && sleeper__string_as(str, text, sizeof text))
    while (text[length] != 0) length++;
  sleeper__log_own_text_as(text, length);
}

void sleeper__log_own_text_as(const char *text, size_t length) {
  sleeper__log_number_as(length);
  for (size_t i = 0; i < length; i++) byte_as((uint8_t)text[i]);
}

bool sleeper__log_end_as(void) {
  if (position > capacity) return false;
  *committed = position;
  return true;
}
