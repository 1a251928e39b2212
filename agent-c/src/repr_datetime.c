/* repr_datetime.c: date, time, datetime, timedelta, timezone (Include/datetime.h,
 * Modules/_datetimemodule.c). */
#include "layout.h"
#include "repr.h"
#include "text.h"
#include "writer.h"

/* "datetime.date(" or, of a subclass, "Type(" */
static void begin_as(const struct sleeper__object *object, const char *name) {
  if (sleeper__repr_subclass_as(object)) return;
  sleeper__text_ascii_as("datetime.");
  sleeper__text_ascii_as(name);
  sleeper__text_char_as('(');
}

static void comma_as(int64_t value) {
  sleeper__text_ascii_as(", ");
  sleeper__text_int_as(value);
}

/* Hour, minute, second and microseconds, of which zeros at the end after the minute are left out. */
static void clock_as(const uint8_t data[6]) {
  int64_t microseconds = (int64_t)data[3] << 16 | (int64_t)data[4] << 8 | data[5];
  sleeper__text_int_as(data[0]);
  comma_as(data[1]);
  if (data[2] != 0 || microseconds != 0) comma_as(data[2]);
  if (microseconds != 0) comma_as(microseconds);
}

static void day_as(const uint8_t data[4]) {
  sleeper__text_int_as(data[0] << 8 | data[1]);
  comma_as(data[2]);
  comma_as(data[3]);
}

static void zone_as(struct sleeper__repr *r, address_t owner, address_t field) {
  address_t zone;
  sleeper__text_ascii_as(", tzinfo=");
  if (!sleeper__read_pointer_as(field, &zone)) {
    sleeper__text_char_as('?');
  } else if (sleeper__repr_enter_as(r, owner, "...")) {
    sleeper__repr_object_as(r, zone);
    sleeper__repr_leave_as(r);
  }
}

static bool byte_is_set_as(address_t field) {
  uint8_t byte = 0;
  return sleeper__read_u8_as(field, &byte) && byte != 0;
}

void sleeper__repr_date_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  uint8_t data[4];
  if (!sleeper__read_as(AT(object->address, date_data), data, sizeof data)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  begin_as(object, "date");
  day_as(data);
  sleeper__text_char_as(')');
}

void sleeper__repr_time_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  uint8_t data[6];
  if (!sleeper__read_as(AT(object->address, time_data), data, sizeof data)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  begin_as(object, "time");
  clock_as(data);
  if (byte_is_set_as(AT(object->address, time_hastzinfo)))
    zone_as(r, object->address, AT(object->address, time_tzinfo));
  if (HAS(time_fold) && byte_is_set_as(AT(object->address, time_fold))) sleeper__text_ascii_as(", fold=1");
  sleeper__text_char_as(')');
}

void sleeper__repr_datetime_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  uint8_t data[10];
  if (!sleeper__read_as(AT(object->address, datetime_data), data, sizeof data)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  begin_as(object, "datetime");
  day_as(data);
  sleeper__text_ascii_as(", ");
  clock_as(data + 4);
  if (HAS(datetime_fold) && byte_is_set_as(AT(object->address, datetime_fold)))
    sleeper__text_ascii_as(", fold=1");
  if (byte_is_set_as(AT(object->address, datetime_hastzinfo)))
    zone_as(r, object->address, AT(object->address, datetime_tzinfo));
  sleeper__text_char_as(')');
}

/* From 3.7 on "timedelta(days=1, seconds=2)", each part that is not 0; before, "timedelta(1, 2,
 * 3)". */
static void parts_as(const int32_t part[3]) {
  static const char names[3][16] = {"days=", "seconds=", "microseconds="};
  int last = part[2] != 0 ? 2 : part[1] != 0 ? 1 : 0;
  bool any = false;
  for (int i = 0; i <= last; i++) {
    if (SINCE(3, 7) && part[i] == 0) continue;
    if (any) sleeper__text_ascii_as(", ");
    if (SINCE(3, 7)) sleeper__text_ascii_as(names[i]);
    sleeper__text_int_as(part[i]);
    any = true;
  }
  if (!any) sleeper__text_char_as('0');
}

void sleeper__repr_timedelta_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  int32_t part[3];
  if (!sleeper__read_i32_as(AT(object->address, timedelta_days), &part[0]) ||
      !sleeper__read_i32_as(AT(object->address, timedelta_seconds), &part[1]) ||
      !sleeper__read_i32_as(AT(object->address, timedelta_microseconds), &part[2])) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  begin_as(object, "timedelta");
  parts_as(part);
  sleeper__text_char_as(')');
}

/* PyDateTime_TimeZone is PyObject_HEAD, offset, name (NULL when it has none); with no offset and no
 * name it is timezone.utc. */
void sleeper__repr_timezone_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  address_t fields[2];
  struct sleeper__object offset, name;
  int32_t days, seconds;
  address_t head = sleeper__layout.object_type + sizeof(void *);
  if (!sleeper__read_as(object->address + head, fields, sizeof fields) ||
      !sleeper__object_as(fields[0], &offset) || offset.kind != SLEEPER_KIND_TIMEDELTA ||
      !sleeper__read_i32_as(AT(offset.address, timedelta_days), &days) ||
      !sleeper__read_i32_as(AT(offset.address, timedelta_seconds), &seconds)) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  if (days == 0 && seconds == 0 && fields[1] == 0) {
    sleeper__text_ascii_as("datetime.timezone.utc");
    return;
  }
  begin_as(object, "timezone");
  sleeper__repr_timedelta_as(r, &offset);
  if (fields[1] != 0 && sleeper__object_as(fields[1], &name) && name.kind == SLEEPER_KIND_STR) {
    sleeper__text_ascii_as(", ");
    sleeper__repr_text_as(r, &name);
  }
  sleeper__text_char_as(')');
}
