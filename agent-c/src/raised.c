#include "raised.h"

#include "layout.h"
#include "symbols.h"

#define MAX_NESTING 1000

static address_t pointer_or_none_as(address_t base, uint32_t offset) {
  address_t object = 0;
  if (offset == SLEEPER_ABSENT || !sleeper__read_pointer_as(base + offset, &object)) return 0;
  return object == sleeper__symbols._Py_NoneStruct ? 0 : object;
}

static address_t value_or_type_as(address_t base, uint32_t value_offset, uint32_t type_offset) {
  address_t value = pointer_or_none_as(base, value_offset);
  return value != 0 ? value : pointer_or_none_as(base, type_offset);
}

/* Before 3.7 in the thread state; since in a chain of _PyErr_StackItem, one a generator, whose
 * topmost that is not empty counts (_PyErr_GetTopmostException, Python/errors.c). */
address_t sleeper__exception_handled_as(address_t thread_state) {
  const struct sleeper__layout *l = &sleeper__layout;
  address_t item;
  if (!HAS(tstate_exc_info)) return value_or_type_as(thread_state, l->tstate_exc_value, l->tstate_exc_type);
  if (!sleeper__read_pointer_as(AT(thread_state, tstate_exc_info), &item)) return 0;
  for (int i = 0; item != 0 && i < MAX_NESTING; i++) {
    address_t object = value_or_type_as(item, l->excinfo_value, l->excinfo_type);
    if (object != 0) return object;
    if (!sleeper__read_pointer_as(AT(item, excinfo_previous), &item)) return 0;
  }
  return 0;
}

address_t sleeper__exception_raised_as(address_t thread_state) {
  const struct sleeper__layout *l = &sleeper__layout;
  if (HAS(tstate_current_exception)) return pointer_or_none_as(thread_state, l->tstate_current_exception);
  return value_or_type_as(thread_state, l->tstate_curexc_value, l->tstate_curexc_type);
}
