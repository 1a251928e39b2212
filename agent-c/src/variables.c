#include "variables.h"

#include "layout.h"
#include "limits.h"
#include "symbols.h"
#include "values.h"
#include "writer.h"

/* co_flags (Include/code.h) */
#define CO_OPTIMIZED 0x1
#define CO_VARARGS 0x4
#define CO_VARKEYWORDS 0x8
/* co_localspluskinds (pycore_code.h, 3.11+) */
#define CO_FAST_CELL 0x40
#define CO_FAST_FREE 0x80

#define MAX_NAME 4096

/* What the frame's code object says of its variables. */
struct variables {
  const struct sleeper__frame *frame;
  address_t names[3]; /* up to 3.10: varnames, cellvars, freevars; since: localsplusnames */
  address_t kinds;    /* 3.11+: the bytes of localspluskinds */
  int64_t counts[3];
  int64_t arguments;
  uint32_t written;
  uint32_t total;
  bool no_room; /* no other is tried */
};

static bool tuple_size_as(address_t tuple, int64_t *size) {
  return sleeper__read_i64_as(AT(tuple, object_size), size) && *size >= 0 && *size < 100000;
}

static bool names_as(struct variables *v, int part, uint32_t field_offset) {
  return sleeper__read_pointer_as(v->frame->code + field_offset, &v->names[part]) &&
         tuple_size_as(v->names[part], &v->counts[part]);
}

static bool begin_as(struct variables *v) {
  address_t code = v->frame->code;
  int32_t positional, keyword_only, flags;
  if (!sleeper__read_i32_as(AT(code, code_argcount), &positional) ||
      !sleeper__read_i32_as(AT(code, code_flags), &flags))
    return false;
  keyword_only = 0; /* 2.7 has none */
  if (HAS(code_kwonlyargcount)) sleeper__read_i32_as(AT(code, code_kwonlyargcount), &keyword_only);
  v->arguments =
      (int64_t)positional + keyword_only + ((flags & CO_VARARGS) != 0) + ((flags & CO_VARKEYWORDS) != 0);
  if (HAS(code_localsplusnames)) {
    address_t kinds;
    if (!sleeper__read_pointer_as(AT(code, code_localspluskinds), &kinds)) return false;
    v->kinds = AT(kinds, bytes_data);
    return names_as(v, 0, sleeper__layout.code_localsplusnames);
  }
  return names_as(v, 0, sleeper__layout.code_varnames) && names_as(v, 1, sleeper__layout.code_cellvars) &&
         names_as(v, 2, sleeper__layout.code_freevars);
}

/* Writes one variable, or counts it only when the limit is reached. False when the arena is full. */
static bool write_variable_as(struct variables *v, address_t name, const char *kind, address_t value) {
  v->total++;
  if (v->written >= sleeper__limits.max_variables || v->no_room || sleeper__writer_full_as()) return false;
  struct sleeper__mark mark = sleeper__writer_mark_as();
  sleeper__json_object_begin_as(NULL);
  sleeper__json_name_as("name", name, MAX_NAME);
  if (kind != NULL) sleeper__json_string_as("kind", kind);
  sleeper__value_members_as(value);
  sleeper__json_object_end_as();
  if (sleeper__writer_full_as()) {
    sleeper__writer_rewind_as(mark);
    v->no_room = true;
    return false;
  }
  v->written++;
  return true;
}

static address_t contents_of_cell_as(address_t object) {
  address_t type, contents;
  if (sleeper__read_pointer_as(AT(object, object_type), &type) && type == sleeper__symbols.PyCell_Type &&
      sleeper__read_pointer_as(AT(object, cell_value), &contents))
    return contents;
  return object; /* the frame has not come to making the cell */
}

static const char *kind_as(const struct variables *v, int part, int64_t index) {
  static const char *const of_part[] = {"local", "cell", "free"};
  uint8_t kind = 0;
  if (part == 0 && index < v->arguments) return "argument";
  if (v->kinds == 0) return of_part[part];
  sleeper__read_u8_as(v->kinds + (address_t)index, &kind);
  return (kind & CO_FAST_FREE) != 0 ? "free" : (kind & CO_FAST_CELL) != 0 ? "cell" : "local";
}

/* What the variable in a slot of the frame is bound to; 0: nothing. */
static bool value_as(const struct variables *v, int part, int64_t index, address_t slot, address_t *value) {
  if (!sleeper__read_pointer_as(slot, value)) return false;
  if (HAS(stackref_tag_mask)) *value &= ~(address_t)sleeper__layout.stackref_tag_mask;
  if (*value == 0) return true;
  /* An argument that an inner function uses too is in a cell from 3.11 on. */
  uint8_t flags = part > 0 ? CO_FAST_CELL : 0;
  if (v->kinds != 0) sleeper__read_u8_as(v->kinds + (address_t)index, &flags);
  if ((flags & (CO_FAST_CELL | CO_FAST_FREE)) != 0) *value = contents_of_cell_as(*value);
  return true;
}

static bool name_as(const struct variables *v, int part, int64_t index, address_t *name) {
  return sleeper__read_pointer_as(AT(v->names[part], tuple_items) + (address_t)index * sizeof(address_t),
                                  name);
}

static void write_fast_locals_as(struct variables *v) {
  address_t slot = v->frame->fast_locals;
  for (int part = 0; part < 3; part++) {
    for (int64_t i = 0; i < v->counts[part]; i++, slot += sizeof(address_t)) {
      address_t name, value;
      if (!value_as(v, part, i, slot, &value)) return;
      if (value == 0) continue; /* not bound */
      if (!name_as(v, part, i, &name)) return;
      write_variable_as(v, name, kind_as(v, part, i), value);
    }
  }
}

address_t sleeper__variable_as(const struct sleeper__frame *frame, const char *wanted) {
  struct variables v = {.frame = frame};
  address_t slot = frame->fast_locals;
  if (!begin_as(&v)) return 0;
  for (int part = 0; part < 3; part++) {
    for (int64_t i = 0; i < v.counts[part]; i++, slot += sizeof(address_t)) {
      address_t name, value;
      if (name_as(&v, part, i, &name) && sleeper__string_equals_as(name, wanted))
        return value_as(&v, part, i, slot, &value) ? value : 0;
    }
  }
  return 0;
}

static void write_truncation_as(const char *key, uint32_t shown, uint64_t total) {
  if (shown >= total) return;
  sleeper__json_object_begin_as(key);
  sleeper__json_uint_as("shown", shown);
  sleeper__json_uint_as("total", total);
  sleeper__json_object_end_as();
}

void sleeper__namespace_write_as(const char *key, const char *truncated_key, address_t dict,
                                 const char *kind) {
  struct sleeper__dict_cursor cursor;
  struct variables v = {0};
  address_t name, value;
  uint64_t total = 0;
  sleeper__json_array_begin_as(key);
  if (sleeper__dict_begin_as(dict, &cursor)) {
    total = cursor.used;
    while (sleeper__dict_next_as(&cursor, &name, &value))
      if (!write_variable_as(&v, name, kind, value)) break;
    /* Nothing is left of a dict that says to have more than it has: it was being changed. */
    if (!sleeper__dict_unfinished_as(&cursor)) total = v.total;
  }
  sleeper__json_array_end_as();
  write_truncation_as(truncated_key, v.written, total > v.written ? total : v.total);
}

void sleeper__variables_write_as(const struct sleeper__frame *frame) {
  struct variables v = {.frame = frame};
  int32_t flags;
  /* Class bodies and exec() keep their names in a mapping. A module's are its globals. */
  if (sleeper__read_i32_as(AT(frame->code, code_flags), &flags) && (flags & CO_OPTIMIZED) == 0) {
    if (frame->locals != 0 && frame->locals != frame->globals)
      sleeper__namespace_write_as("variables", "variablesTruncated", frame->locals, "local");
    else
      sleeper__namespace_write_as("variables", "variablesTruncated", 0, "local");
    return;
  }
  sleeper__json_array_begin_as("variables");
  if (begin_as(&v)) {
    write_fast_locals_as(&v);
  } else {
    sleeper__warn_as("frames", "the variables of a frame cannot be read", frame->address);
  }
  sleeper__json_array_end_as();
  write_truncation_as("variablesTruncated", v.written, v.total);
}
