/* repr_text.c: str, unicode, bytes, bytearray. */
#include "layout.h"
#include "limits.h"
#include "repr.h"
#include "text.h"
#include "writer.h"

/* CPython quotes with ' unless the text has ' and no ". Only what will be shown is looked at. */
static uint32_t quote_as(struct sleeper__text *text, uint64_t shown) {
  bool single = false;
  uint32_t unit;
  for (uint64_t i = 0; i < shown && sleeper__text_unit_as(text, i, &unit); i++) {
    if (unit == '"') return '\'';
    single |= unit == '\'';
  }
  return single ? '"' : '\'';
}

struct style {
  uint32_t quote;
  bool bytes;   /* units, not characters */
  bool ascii;   /* all others are escaped */
  bool escaped; /* ' is escaped even between ": bytearray_repr up to 3.14 */
};

/* Writes characters until `most` units or the limit of the text are reached; returns units shown. */
static uint64_t characters_as(struct sleeper__text *text, uint64_t most, const struct style *style) {
  uint64_t index = 0;
  uint32_t c;
  while (index < most && sleeper__repr_room_as()) {
    uint64_t next = index;
    if (style->bytes) {
      if (!sleeper__text_unit_as(text, next++, &c)) break;
    } else if (!sleeper__text_next_as(text, &next, &c)) {
      break;
    }
    index = next;
    if (c == style->quote || c == '\\' || (style->escaped && c == '\'')) {
      sleeper__text_char_as('\\');
      sleeper__text_char_as(c);
    } else {
      sleeper__repr_char_as(c, style->ascii);
    }
  }
  return index;
}

static const char *prefix_as(const struct sleeper__object *object) {
  switch (object->kind) {
  case SLEEPER_KIND_BYTEARRAY: return "bytearray(b";
  case SLEEPER_KIND_BYTES: return SINCE(3, 0) ? "b" : "";
  default: return SINCE(3, 0) ? "" : "u";
  }
}

/* Not inlined: its buffer need not lie on the stack at each level of nesting. */
__attribute__((noinline)) void sleeper__repr_text_as(struct sleeper__repr *r,
                                                     const struct sleeper__object *object) {
  struct sleeper__text text;
  uint32_t unit;
  if (!sleeper__text_open_as(object, &text) || (text.length > 0 && !sleeper__text_unit_as(&text, 0, &unit))) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  bool bytes = object->kind != SLEEPER_KIND_STR;
  uint64_t most = text.length < sleeper__limits.max_string ? text.length : sleeper__limits.max_string;
  uint64_t left = sleeper__repr_bytes_left_as();
  const struct style style = {
      .quote = quote_as(&text, most < left ? most : left),
      .bytes = bytes,
      .ascii = bytes || !SINCE(3, 0),
      .escaped = object->kind == SLEEPER_KIND_BYTEARRAY && !SINCE(3, 15),
  };
  bool close = sleeper__repr_subclass_as(object);
  sleeper__text_ascii_as(prefix_as(object));
  sleeper__text_char_as(style.quote);
  uint64_t shown = characters_as(&text, most, &style);
  sleeper__text_char_as(style.quote);
  if (shown < text.length) {
    sleeper__text_ascii_as("...");
    sleeper__repr_cut_as(r, r->depth, shown, text.length);
  }
  if (object->kind == SLEEPER_KIND_BYTEARRAY) sleeper__text_char_as(')');
  if (close) sleeper__text_char_as(')');
}
