/* repr_generators.c: generators, coroutines, asynchronous generators, and the state they are in. */
#include "frames.h"
#include "layout.h"
#include "line_tables.h"
#include "repr.h"
#include "writer.h"

static address_t field_as(address_t at) {
  address_t value = 0;
  return sleeper__read_pointer_as(at, &value) ? value : 0;
}

static const char closed[] = "closed";

static bool is_state_as(int8_t state, uint32_t constant) {
  return constant != SLEEPER_ABSENT && state == (int8_t)(uint8_t)constant;
}

/* 3.11+: gi_frame_state (Include/internal/pycore_frame.h). */
static const char *state_as(address_t generator) {
  uint8_t byte;
  if (!sleeper__read_u8_as(AT(generator, gen_frame_state), &byte)) return NULL;
  int8_t state = (int8_t)byte;
  const struct sleeper__layout *l = &sleeper__layout;
  if (is_state_as(state, l->gen_state_created)) return "created";
  if (is_state_as(state, l->gen_state_executing)) return "running";
  if (is_state_as(state, l->gen_state_suspended) || is_state_as(state, l->gen_state_suspended_yield_from) ||
      is_state_as(state, l->gen_state_suspended_locked))
    return "suspended";
  if (is_state_as(state, l->gen_state_completed) || is_state_as(state, l->gen_state_cleared)) return closed;
  return NULL;
}

/* Up to 3.10 a generator has a frame until it is closed, and the frame's f_lasti is -1 until it has
 * run (gen_send_ex, Objects/genobject.c). */
static const char *state_by_frame_as(address_t generator) {
  address_t frame;
  int32_t last;
  uint8_t running = 0;
  if (!sleeper__read_pointer_as(AT(generator, gen_frame), &frame)) return NULL;
  if (frame == 0) return closed;
  if (HAS(gen_running)) {
    if (!sleeper__read_u8_as(AT(generator, gen_running), &running)) return NULL;
  } else {
    /* 3.10 has no gi_running, but PyFrameObject.f_state: 0 is FRAME_EXECUTING
     * (Include/cpython/frameobject.h). */
    if (!sleeper__read_u8_as(AT(frame, frame_state), &running)) return NULL;
    running = running == 0;
  }
  if (running != 0) return "running";
  if (!sleeper__read_i32_as(AT(frame, frame_lasti), &last)) return NULL;
  return last == -1 ? "created" : "suspended";
}

static address_t name_as(address_t generator) {
  if (HAS(gen_qualname)) return field_as(AT(generator, gen_qualname));
  address_t code = field_as(AT(generator, gen_code)); /* 2.7 */
  return code != 0 ? field_as(AT(code, code_name)) : 0;
}

/* Where it stands; nothing for one that is closed, or has no line for its instruction. */
static void write_line_as(address_t generator) {
  struct sleeper__frame frame;
  struct sleeper__location location;
  address_t address = HAS(gen_iframe) ? AT(generator, gen_iframe) : field_as(AT(generator, gen_frame));
  sleeper__frame_at_as(address, &frame);
  if (!frame.readable) return;
  sleeper__frame_location_as(&frame, &location);
  if (location.line < 0) return;
  sleeper__text_ascii_as(" at line ");
  sleeper__text_int_as(location.line);
}

void sleeper__repr_generator_as(struct sleeper__repr *r, const struct sleeper__object *object) {
  const char *state = HAS(gen_frame_state) ? state_as(object->address) : state_by_frame_as(object->address);
  if (state == NULL) {
    sleeper__repr_unreadable_as(r, object);
    return;
  }
  sleeper__text_char_as('<');
  sleeper__repr_type_as(object->type);
  sleeper__text_ascii_as(" object ");
  sleeper__repr_name_as(name_as(object->address));
  sleeper__repr_at_as(object->address);
  sleeper__text_ascii_as(", ");
  sleeper__text_ascii_as(state);
  if (state != closed) write_line_as(object->address);
  sleeper__text_char_as('>');
}
