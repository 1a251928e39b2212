#include "accessor.h"

uintptr_t sleeper__call_accessor_as(uintptr_t function) {
  union {
    uintptr_t address;
    uintptr_t (*call_as)(void);
  } accessor = {function};
  return accessor.call_as();
}
