#include "live_recursion.h"

#include "layout.h"
#include "live_api.h"

/* What one level of Python's count may need of the stack. */
#define LEVEL_BYTES 4096u

static int32_t *field(uintptr_t address) {
  return (int32_t *)(void *)address;
}

int32_t sleeper__live_recursion_lower(uintptr_t thread_state, size_t stack_bytes) {
  int32_t fits = (int32_t)(stack_bytes / LEVEL_BYTES);
  int32_t excess = sleeper__live_api.Py_GetRecursionLimit() - fits;
  if (excess <= 0) return 0;
  if (HAS(tstate_recursion_depth))
    *field(AT(thread_state, tstate_recursion_depth)) += excess;
  else if (HAS(tstate_recursion_remaining))
    *field(AT(thread_state, tstate_recursion_remaining)) -= excess;
  return excess;
}

void sleeper__live_recursion_restore(uintptr_t thread_state, int32_t lowered) {
  if (HAS(tstate_recursion_depth))
    *field(AT(thread_state, tstate_recursion_depth)) -= lowered;
  else if (HAS(tstate_recursion_remaining))
    *field(AT(thread_state, tstate_recursion_remaining)) += lowered;
}
