/* repr_generators.c: generators, coroutines, asynchronous generators, and the state they are in. */
#include "generators.h"
#include "line_tables.h"
#include "repr.h"
#include "writer.h"

/* Where it stands; nothing for one that is closed, or has no line for its instruction. */
static void write_line_as(address_t generator) {
  struct sleeper__frame frame;
  struct sleeper__location location;
  if (!sleeper__generator_frame_as(generator, &frame) || !frame.readable) return;
  sleeper__frame_location_as(&frame, &location);
  if (location.line < 0) return;
  sleeper__text_ascii_as(" at line ");
  sleeper__text_int_as(location.line);
}

static void write_awaited_as(struct sleeper__repr *r, address_t generator) {
  address_t awaited = sleeper__generator_awaited_as(generator);
  if (awaited == 0 || !sleeper__repr_enter_as(r, generator, ", waits for ...")) return;
  sleeper__text_ascii_as(", waits for ");
  sleeper__repr_object_as(r, sleeper__awaitable_inside_as(awaited));
  sleeper__repr_leave_as(r);
}

void sleeper__repr_generator_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  const char *state = sleeper__generator_state_as(object->address);
  if (state == NULL) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  sleeper__text_char_as('<');
  sleeper__repr_type_as(object->type);
  sleeper__text_ascii_as(" object ");
  sleeper__repr_name_as(sleeper__generator_name_as(object->address));
  sleeper__repr_at_as(object->address);
  sleeper__text_ascii_as(", ");
  sleeper__text_ascii_as(state);
  if (state != sleeper__generator_closed) write_line_as(object->address);
  write_awaited_as(r, object->address);
  sleeper__text_char_as('>');
}
