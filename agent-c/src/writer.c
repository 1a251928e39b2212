#include "writer.h"

#include "../include/sleeper.h"
#include "arena.h"
#include "limits.h"

/* Kept free at the end of the arena: for the warnings, for the sections that were not yet begun, and for
 * closing what is open. */
#define WARNINGS_RESERVE ((size_t)64 << 10)
#define SECTIONS_RESERVE ((size_t)2 << 10)
#define CLOSING_RESERVE ((size_t)4 << 10)
/* What every answer has room for, whatever limit was asked for. */
#define LEAST_ROOM ((size_t)800)
/* More than the fixed part of any member: a key, a bracket, a number. */
#define MEMBER_RESERVE ((size_t)128)

static struct {
  size_t length;       /* bytes written */
  size_t capacity;     /* the answer has no more, whatever happens */
  size_t limit;        /* where output stops, but for what closes it */
  size_t string_start; /* where the string being written began */
  uint64_t epoch;
  uint32_t skipped; /* objects and arrays that were not begun, for the arena was full */
  bool full;
  bool first; /* the next member is the first of its object or array */
  bool in_string;
  bool json;
} writer;

void sleeper__writer_begin_as(bool json) {
  writer.length = 0;
  const size_t reserve = WARNINGS_RESERVE + SECTIONS_RESERVE;
  const size_t least = reserve + LEAST_ROOM;
  writer.capacity = sleeper__limits.max_answer < least ? least : sleeper__limits.max_answer;
  writer.limit = writer.capacity - reserve;
  writer.string_start = 0;
  writer.epoch++;
  writer.skipped = 0;
  writer.full = false;
  writer.first = true;
  writer.in_string = false;
  writer.json = json;
  sleeper__warnings_begin_as();
}

bool sleeper__writer_full_as(void) {
  return writer.full;
}

/* What closes a string, an object or an array may use the reserve: it is bounded by the depth. */
static void put_reserved_as(char c) {
  if (writer.length + 1 < writer.capacity) sleeper__arena.output[writer.length++] = c;
}

static void put_as(char c) {
  if (writer.full) return;
  if (writer.length >= writer.limit) {
    writer.full = true;
    return;
  }
  sleeper__arena.output[writer.length++] = c;
}

static void put_ascii_as(const char *text) {
  for (; *text != 0; text++) put_as(*text);
}

static void put_hex_as(uint64_t value, unsigned min_digits) {
  for (int shift = 60; shift >= 0; shift -= 4) {
    unsigned digit = (unsigned)(value >> shift) & 15;
    if (digit != 0 || (unsigned)shift < min_digits * 4 || shift == 0) {
      min_digits = 16;
      put_as("0123456789abcdef"[digit]);
    }
  }
}

static void put_uint_as(uint64_t value) {
  char digits[20];
  unsigned count = 0;
  do {
    digits[count++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (count > 0) put_as(digits[--count]);
}

static void put_int_as(int64_t value) {
  if (value < 0) put_as('-');
  put_uint_as(value < 0 ? -(uint64_t)value : (uint64_t)value);
}

static void put_utf8_as(uint32_t c) {
  if (c < 0x80) {
    put_as((char)c);
  } else if (c < 0x800) {
    put_as((char)(0xc0 | c >> 6));
    put_as((char)(0x80 | (c & 63)));
  } else if (c < 0x10000) {
    put_as((char)(0xe0 | c >> 12));
    put_as((char)(0x80 | (c >> 6 & 63)));
    put_as((char)(0x80 | (c & 63)));
  } else {
    put_as((char)(0xf0 | c >> 18));
    put_as((char)(0x80 | (c >> 12 & 63)));
    put_as((char)(0x80 | (c >> 6 & 63)));
    put_as((char)(0x80 | (c & 63)));
  }
}

/* A character is written whole or not at all, so that a full arena ends in valid UTF-8. */
static void put_character_as(uint32_t c) {
  if (writer.length + 6 >= writer.limit) {
    writer.full = true;
    return;
  }
  if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && !writer.full) { /* nearly all are */
    sleeper__arena.output[writer.length++] = (char)c;
    return;
  }
  bool surrogate = c >= 0xd800 && c <= 0xdfff;
  if (c > 0x10ffff) c = 0xfffd;
  if (!writer.json) {
    /* For a terminal: nothing that could move its cursor. */
    if (c == '\n' || (c >= 0x20 && c != 0x7f && (c < 0x80 || c >= 0xa0) && !surrogate)) {
      put_utf8_as(c);
    } else {
      put_as('?');
    }
  } else if (c == '"' || c == '\\') {
    put_as('\\');
    put_as((char)c);
  } else if (c < 0x20 || surrogate) {
    put_ascii_as("\\u");
    put_hex_as(c, 4);
  } else {
    put_utf8_as(c);
  }
}

/* May another member be written? Once the arena is full none is, until a rewind: what lies open is
 * closed, and an object that was not begun is not ended. */
static bool member_as(const char *key) {
  if (writer.length + MEMBER_RESERVE >= writer.limit) writer.full = true;
  if (writer.full) return false;
  if (!writer.first) put_as(',');
  writer.first = false;
  if (key == NULL) return true;
  put_as('"');
  put_ascii_as(key);
  put_as('"');
  put_as(':');
  return true;
}

static void open_as(const char *key, char bracket) {
  if (writer.skipped > 0 || !member_as(key)) {
    writer.skipped++;
    return;
  }
  put_as(bracket);
  writer.first = true;
}

static void close_as(char bracket) {
  if (writer.skipped > 0) {
    writer.skipped--;
    return;
  }
  put_reserved_as(bracket);
  writer.first = false;
  sleeper_control.length = writer.length;
}

void sleeper__json_object_begin_as(const char *key) {
  open_as(key, '{');
}
void sleeper__json_object_end_as(void) {
  close_as('}');
}
void sleeper__json_array_begin_as(const char *key) {
  open_as(key, '[');
}
void sleeper__json_array_end_as(void) {
  close_as(']');
}

void sleeper__json_null_as(const char *key) {
  if (member_as(key)) put_ascii_as("null");
}

void sleeper__json_bool_as(const char *key, bool value) {
  if (member_as(key)) put_ascii_as(value ? "true" : "false");
}

void sleeper__json_int_as(const char *key, int64_t value) {
  if (member_as(key)) put_int_as(value);
}

void sleeper__json_uint_as(const char *key, uint64_t value) {
  if (member_as(key)) put_uint_as(value);
}

void sleeper__json_address_as(const char *key, uintptr_t value) {
  if (!member_as(key)) return;
  put_ascii_as("\"0x");
  put_hex_as(value, 1);
  put_as('"');
}

void sleeper__json_string_begin_as(const char *key) {
  writer.in_string = member_as(key);
  if (writer.in_string) put_as('"');
  writer.string_start = writer.length;
}

void sleeper__json_string_end_as(void) {
  if (writer.in_string) put_reserved_as('"');
  writer.in_string = false;
}

void sleeper__json_string_as(const char *key, const char *nul_terminated) {
  sleeper__json_string_begin_as(key);
  sleeper__text_utf8_as(nul_terminated);
  sleeper__json_string_end_as();
}

static bool text_allowed_as(void) {
  return writer.in_string || !writer.json;
}

void sleeper__text_char_as(uint32_t code_point) {
  if (text_allowed_as()) put_character_as(code_point);
}

void sleeper__text_ascii_as(const char *nul_terminated) {
  for (; *nul_terminated != 0; nul_terminated++) sleeper__text_char_as((unsigned char)*nul_terminated);
}

/* The length of the UTF-8 sequence that `lead` starts, 0 when it cannot start one. */
static unsigned utf8_length_as(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

void sleeper__text_utf8_as(const char *nul_terminated) {
  const unsigned char *p = (const unsigned char *)nul_terminated;
  while (*p != 0) {
    unsigned length = utf8_length_as(*p);
    uint32_t c = length <= 1 ? *p : *p & (0x7fu >> length);
    unsigned i = 1;
    for (; i < length && (p[i] & 0xc0) == 0x80; i++) c = c << 6 | (p[i] & 63u);
    if (length == 0 || i < length) {
      c = 0xfffd;
      i = 1;
    }
    sleeper__text_char_as(c);
    p += i;
  }
}

void sleeper__text_int_as(int64_t value) {
  if (text_allowed_as()) put_int_as(value);
}

void sleeper__text_uint_as(uint64_t value) {
  if (text_allowed_as()) put_uint_as(value);
}

void sleeper__text_hex_as(uint64_t value, unsigned min_digits) {
  if (text_allowed_as()) put_hex_as(value, min_digits);
}

size_t sleeper__text_length_as(void) {
  return writer.length - writer.string_start;
}

struct sleeper__mark sleeper__writer_mark_as(void) {
  return (struct sleeper__mark){writer.length, writer.string_start, writer.skipped,
                                writer.first,  writer.in_string,    writer.full};
}

void sleeper__writer_rewind_as(struct sleeper__mark mark) {
  writer.length = mark.length;
  writer.string_start = mark.string_start;
  writer.skipped = mark.skipped;
  writer.first = mark.first;
  writer.in_string = mark.in_string;
  writer.full = mark.full;
  writer.epoch++;
}

void sleeper__json_section_begin_as(const char *key) {
  writer.full = false;
  writer.limit += SECTIONS_RESERVE;
  sleeper__json_array_begin_as(key);
  writer.limit -= SECTIONS_RESERVE;
}

void sleeper__json_section_end_as(void) {
  sleeper__json_array_end_as();
}

bool sleeper__json_element_kept_as(struct sleeper__mark before, const char *message) {
  if (!writer.full) return true;
  sleeper__writer_rewind_as(before);
  sleeper__warn_as("arena", message, 0);
  return false;
}

void sleeper__writer_use_reserve_as(void) {
  writer.limit = writer.capacity - CLOSING_RESERVE;
  writer.full = false;
}

uint64_t sleeper__writer_epoch_as(void) {
  return writer.epoch;
}

size_t sleeper__writer_length_as(void) {
  return writer.length;
}

size_t sleeper__json_next_member_as(void) {
  return writer.length + (writer.first ? 0 : 1);
}

void sleeper__json_members_repeat_as(size_t start, size_t length) {
  if (writer.length + length + MEMBER_RESERVE >= writer.limit) writer.full = true;
  if (writer.full) return;
  if (!writer.first) put_as(',');
  writer.first = false;
  __builtin_memcpy(sleeper__arena.output + writer.length, sleeper__arena.output + start, length);
  writer.length += length;
}

void sleeper__writer_end_as(void) {
  sleeper__arena.output[writer.length] = 0;
  sleeper_control.length = writer.length;
}
