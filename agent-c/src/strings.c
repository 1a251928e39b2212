#include "layout.h"
#include "symbols.h"
#include "text.h"
#include "writer.h"

/* More than any address space holds: a length beyond it is garbage. */
#define MAX_LENGTH ((int64_t)1 << 47)

/* PyUnicodeObject of 2.7: a length and a pointer to code units. */
static bool open_unicode27_as(address_t object, struct sleeper__text *text) {
  text->width = sleeper__symbols.unicode_width;
  text->utf16 = text->width == 2;
  return (text->width == 2 || text->width == 4) &&
         sleeper__read_pointer_as(AT(object, unicode_string), &text->data);
}

/* PEP 393, Include/cpython/unicodeobject.h: `state` says how wide a character is and where they
 * are. Kind 0 is a legacy string (up to 3.11) that was never made ready. */
static bool open_unicode_as(address_t object, struct sleeper__text *text) {
  uint32_t state;
  if (!sleeper__read_u32_as(AT(object, unicode_state), &state)) return false;
  text->width = state >> sleeper__layout.unicode_kind_shift & 7;
  bool compact = (state >> sleeper__layout.unicode_compact_shift & 1) != 0;
  bool ascii = (state >> sleeper__layout.unicode_ascii_shift & 1) != 0;
  if (text->width != 1 && text->width != 2 && text->width != 4) return false;
  if (!compact) return sleeper__read_pointer_as(AT(object, unicode_any_data), &text->data);
  text->data = ascii ? AT(object, unicode_ascii_data) : AT(object, unicode_compact_data);
  return true;
}

bool sleeper__text_open_as(const struct sleeper__object *object, struct sleeper__text *text) {
  int64_t length;
  bool ok;
  text->width = 1;
  text->utf16 = text->utf8 = false;
  text->chunk_start = text->chunk_length = 0; /* the chunk itself is not worth clearing */
  switch (object->kind) {
  case SLEEPER_KIND_STR:
    ok = sleeper__read_i64_as(AT(object->address, unicode_length), &length) &&
         (HAS(unicode_string) ? open_unicode27_as(object->address, text)
                              : open_unicode_as(object->address, text));
    break;
  case SLEEPER_KIND_BYTES:
    text->data = AT(object->address, bytes_data);
    text->utf8 = !SINCE(3, 0);
    ok = sleeper__object_size_as(object->address, &length);
    break;
  case SLEEPER_KIND_BYTEARRAY:
    ok = sleeper__object_size_as(object->address, &length) &&
         sleeper__read_pointer_as(AT(object->address, bytearray_start), &text->data);
    break;
  default: return false;
  }
  if (!ok || length < 0 || length > MAX_LENGTH) return false;
  text->length = (uint64_t)length;
  return true;
}

static bool read_chunk_as(struct sleeper__text *text, uint64_t index) {
  uint64_t count = sizeof text->chunk / text->width;
  if (count > text->length - index) count = text->length - index;
  text->chunk_length = 0;
  if (!sleeper__read_as(text->data + index * text->width, text->chunk, (size_t)count * text->width))
    return false;
  text->chunk_start = index;
  text->chunk_length = (uint32_t)count;
  return true;
}

bool sleeper__text_unit_as(struct sleeper__text *text, uint64_t index, uint32_t *unit) {
  if (index >= text->length) return false;
  if (index < text->chunk_start || index - text->chunk_start >= text->chunk_length)
    if (!read_chunk_as(text, index)) return false;
  const uint8_t *at = text->chunk + (index - text->chunk_start) * text->width;
  uint32_t value = at[0];
  if (text->width >= 2) {
    uint16_t half;
    __builtin_memcpy(&half, at, sizeof half);
    value = half;
  }
  if (text->width == 4) __builtin_memcpy(&value, at, sizeof value);
  *unit = value > 0x10ffff ? 0xfffd : value;
  return true;
}

static uint32_t continue_utf8_as(struct sleeper__text *text, uint64_t *index, uint32_t lead) {
  uint32_t more = lead >= 0xf0 && lead < 0xf5   ? 3
                  : lead >= 0xe0 && lead < 0xf0 ? 2
                  : lead >= 0xc2 && lead < 0xe0 ? 1
                                                : 0;
  static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
  uint32_t character = lead & (0x3fu >> more), unit;
  if (more == 0) return 0xfffd;
  for (uint32_t i = 0; i < more; i++) {
    if (!sleeper__text_unit_as(text, *index + i, &unit) || (unit & 0xc0) != 0x80) return 0xfffd;
    character = character << 6 | (unit & 0x3f);
  }
  if (character < least[more] || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
    return 0xfffd;
  *index += more;
  return character;
}

bool sleeper__text_next_as(struct sleeper__text *text, uint64_t *index, uint32_t *character) {
  uint32_t unit, second;
  uint64_t in_chunk = *index - text->chunk_start;
  if (text->width == 1 && !text->utf8 && in_chunk < text->chunk_length) { /* nearly always */
    ++*index;
    *character = text->chunk[in_chunk];
    return true;
  }
  if (!sleeper__text_unit_as(text, *index, &unit)) return false;
  ++*index;
  if (text->utf8 && unit >= 0x80) {
    unit = continue_utf8_as(text, index, unit);
  } else if (text->utf16 && unit >= 0xd800 && unit < 0xdc00 && sleeper__text_unit_as(text, *index, &second) &&
             second >= 0xdc00 && second < 0xe000) {
    ++*index;
    unit = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
  }
  *character = unit;
  return true;
}

/* Opens what the interpreter itself uses as a name: a str, in 2.7 also unicode. */
static bool open_name_as(address_t address, struct sleeper__text *text) {
  struct sleeper__object object;
  if (!sleeper__object_as(address, &object)) return false;
  if (object.kind != SLEEPER_KIND_STR && (SINCE(3, 0) || object.kind != SLEEPER_KIND_BYTES)) return false;
  return sleeper__text_open_as(&object, text);
}

static size_t encode_as(uint32_t c, char utf8[4]) {
  if (c >= 0xd800 && c <= 0xdfff) c = 0xfffd;
  if (c < 0x80) {
    utf8[0] = (char)c;
    return 1;
  }
  size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (size_t i = length - 1; i > 0; i--, c >>= 6) utf8[i] = (char)(0x80 | (c & 0x3f));
  utf8[0] = (char)((0xf00u >> length & 0xf0) | c);
  return length;
}

bool sleeper__string_as(address_t object, char *utf8, size_t size) {
  struct sleeper__text text;
  uint32_t character;
  size_t written = 0;
  if (size == 0 || !open_name_as(object, &text)) return false;
  for (uint64_t i = 0; i < text.length;) {
    char encoded[4];
    if (!sleeper__text_next_as(&text, &i, &character)) return false;
    size_t length = encode_as(character, encoded);
    if (written + length >= size) break;
    for (size_t k = 0; k < length; k++) utf8[written++] = encoded[k];
  }
  utf8[written] = 0;
  return true;
}

bool sleeper__string_equals_as(address_t object, const char *ascii) {
  struct sleeper__text text;
  uint32_t unit;
  uint64_t length = 0;
  while (ascii[length] != 0) length++;
  if (!open_name_as(object, &text) || text.length != length) return false;
  for (uint64_t i = 0; i < length; i++)
    if (!sleeper__text_unit_as(&text, i, &unit) || unit != (unsigned char)ascii[i]) return false;
  return true;
}

static void text_member_as(const char *key, struct sleeper__text *text, address_t object, uint32_t max) {
  uint32_t character, shown = 0;
  uint64_t index = 0;
  sleeper__json_string_begin_as(key);
  for (; shown < max && index < text->length && !sleeper__writer_full_as(); shown++) {
    if (!sleeper__text_next_as(text, &index, &character)) break;
    sleeper__text_char_as(character);
  }
  if (index < text->length && !sleeper__writer_full_as()) {
    sleeper__text_ascii_as("...");
    sleeper__warn_as("names", shown < max ? "a name cannot be read to its end" : "a very long name is cut",
                     object);
  }
  sleeper__json_string_end_as();
}

void sleeper__json_text_member_as(const char *key, address_t object, uint32_t max) {
  struct sleeper__text text;
  if (open_name_as(object, &text))
    text_member_as(key, &text, object, max);
  else
    sleeper__json_null_as(key);
}

void sleeper__json_name_as(const char *key, address_t object, uint32_t max) {
  struct sleeper__text text;
  if (open_name_as(object, &text))
    text_member_as(key, &text, object, max);
  else
    sleeper__json_string_as(key, "?");
}
