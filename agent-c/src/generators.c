#include "generators.h"

#include "layout.h"
#include "objects.h"

const char sleeper__generator_closed[] = "closed";
static const char suspended[] = "suspended";

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
    return suspended;
  if (is_state_as(state, l->gen_state_completed) || is_state_as(state, l->gen_state_cleared))
    return sleeper__generator_closed;
  return NULL;
}

/* Up to 3.10 a generator has a frame until it is closed, and the frame's f_lasti is -1 until it has
 * run (gen_send_ex, Objects/genobject.c). */
static const char *state_by_frame_as(address_t generator) {
  address_t frame;
  int32_t last;
  uint8_t running = 0;
  if (!sleeper__read_pointer_as(AT(generator, gen_frame), &frame)) return NULL;
  if (frame == 0) return sleeper__generator_closed;
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
  return last == -1 ? "created" : suspended;
}

const char *sleeper__generator_state_as(address_t generator) {
  return HAS(gen_frame_state) ? state_as(generator) : state_by_frame_as(generator);
}

address_t sleeper__generator_name_as(address_t generator) {
  address_t name = 0, code;
  if (HAS(gen_qualname))
    sleeper__read_pointer_as(AT(generator, gen_qualname), &name);
  else if (sleeper__read_pointer_as(AT(generator, gen_code), &code)) /* 2.7 */
    sleeper__read_pointer_as(AT(code, code_name), &name);
  return name;
}

bool sleeper__generator_frame_as(address_t generator, struct sleeper__frame *frame) {
  address_t address = 0;
  if (HAS(gen_iframe))
    address = AT(generator, gen_iframe);
  else
    sleeper__read_pointer_as(AT(generator, gen_frame), &address);
  if (address != 0) sleeper__frame_at_as(address, frame);
  return address != 0;
}

/* Is the instruction that comes next one of those that wait for another generator? */
static bool within_await_as(const struct sleeper__frame *frame) {
  address_t code;
  uint8_t instruction[2];
  if (frame->instruction < 0) return false;
  if (HAS(opcode_yield_from)) {
    return sleeper__read_pointer_as(AT(frame->code, code_bytes), &code) &&
           sleeper__read_as(AT(code, bytes_data) + (address_t)frame->instruction + 2, instruction, 2) &&
           instruction[0] == sleeper__layout.opcode_yield_from;
  }
  /* Its argument: 2 is after a `yield from`, 3 after an `await` (Lib/dis, RESUME). */
  return HAS(opcode_resume) &&
         sleeper__read_as(AT(frame->code, code_instructions) + (address_t)frame->instruction + 2, instruction,
                          2) &&
         (instruction[0] == sleeper__layout.opcode_resume ||
          instruction[0] == sleeper__layout.opcode_resume_specialized) &&
         (instruction[1] & 3) >= 2;
}

/* 3.13 and later say so in the state. */
static bool is_waiting_as(address_t generator, const struct sleeper__frame *frame) {
  const struct sleeper__layout *l = &sleeper__layout;
  uint8_t byte;
  if (!HAS(gen_state_suspended_yield_from)) return within_await_as(frame);
  if (!sleeper__read_u8_as(AT(generator, gen_frame_state), &byte)) return false;
  return is_state_as((int8_t)byte, l->gen_state_suspended_yield_from) ||
         is_state_as((int8_t)byte, l->gen_state_suspended_locked);
}

bool sleeper__suspended_stack_as(const struct sleeper__frame *frame, address_t *bottom, address_t *top) {
  int32_t depth, locals;
  if (!HAS(code_nlocalsplus)) {
    if (!sleeper__read_pointer_as(AT(frame->address, frame_valuestack), bottom)) return false;
    if (HAS(frame_stacktop)) return sleeper__read_pointer_as(AT(frame->address, frame_stacktop), top);
    if (!sleeper__read_i32_as(AT(frame->address, frame_stackdepth), &depth)) return false;
    *top = *bottom + (address_t)depth * sizeof(address_t);
    return true;
  }
  if (!sleeper__read_i32_as(AT(frame->code, code_nlocalsplus), &locals)) return false;
  *bottom = frame->fast_locals + (address_t)locals * sizeof(address_t);
  if (!HAS(iframe_stacktop)) return sleeper__read_pointer_as(AT(frame->address, iframe_stackpointer), top);
  if (!sleeper__read_i32_as(AT(frame->address, iframe_stacktop), &depth)) return false;
  *top = frame->fast_locals + (address_t)depth * sizeof(address_t);
  return true;
}

/* How far below the top it lies: SEND of 3.15 has one more on the stack (Python/bytecodes.c). */
#define AWAITED_FROM_TOP (SINCE(3, 15) ? 2u : 1u)

address_t sleeper__generator_awaited_as(address_t generator) {
  const char *state = sleeper__generator_state_as(generator);
  struct sleeper__frame frame;
  address_t bottom, top, object;
  if (state != suspended || !sleeper__generator_frame_as(generator, &frame) || !frame.readable ||
      !is_waiting_as(generator, &frame) || !sleeper__suspended_stack_as(&frame, &bottom, &top) ||
      top < bottom + AWAITED_FROM_TOP * sizeof(address_t) ||
      !sleeper__read_pointer_as(top - AWAITED_FROM_TOP * sizeof(address_t), &object))
    return 0;
  return HAS(stackref_tag_mask) ? object & ~(address_t)sleeper__layout.stackref_tag_mask : object;
}

static bool is_named_as(address_t type, const char *wanted) {
  char name[32];
  size_t i = 0;
  if (!sleeper__type_name_as(type, name, sizeof name)) return false;
  while (name[i] != 0 && name[i] == wanted[i]) i++;
  return name[i] == wanted[i];
}

/* By the names of the types in Objects/genobject.c, Objects/iterobject.c and Modules/_asynciomodule.c. */
address_t sleeper__awaitable_inside_as(address_t awaitable) {
  struct sleeper__object object;
  address_t field, inside;
  if (!sleeper__object_as(awaitable, &object) || object.kind != SLEEPER_KIND_INSTANCE) return awaitable;
  if (HAS(futureiter_future) && is_named_as(object.type, "FutureIter"))
    field = AT(awaitable, futureiter_future);
  else if (HAS(corowrapper_coroutine) && is_named_as(object.type, "coroutine_wrapper"))
    field = AT(awaitable, corowrapper_coroutine);
  else if (HAS(asend_generator) && is_named_as(object.type, "async_generator_asend"))
    field = AT(awaitable, asend_generator);
  else if (HAS(athrow_generator) && is_named_as(object.type, "async_generator_athrow"))
    field = AT(awaitable, athrow_generator);
  else if (HAS(anext_wrapped) && is_named_as(object.type, "anext_awaitable"))
    field = AT(awaitable, anext_wrapped);
  else if (!SINCE(3, 8) && is_named_as(object.type, "CoroWrapper")) /* asyncio's, in its debug mode */
    return sleeper__attribute_as(awaitable, "gen", &inside) ? inside : awaitable;
  else
    return awaitable;
  return sleeper__read_pointer_as(field, &inside) && inside != 0 ? inside : awaitable;
}
