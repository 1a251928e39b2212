#include "live_api.h"

#include <dlfcn.h>

extern void *dlsym(void *restrict handle, const char *restrict name) __attribute__((weak));

struct sleeper__live_api sleeper__live_api;

static uintptr_t find(const char *name) {
  return (uintptr_t)dlsym(RTLD_DEFAULT, name);
}

bool sleeper__live_api_find(const char **missing) {
  if (dlsym == NULL) {
    *missing = "dlsym";
    return false;
  }
/* A pointer to a function is filled in through its bytes: ISO C converts none from a pointer to an object. */
#define X(result, name, parameters)                                                                          \
  address = find(#name);                                                                                     \
  __builtin_memcpy(&sleeper__live_api.name, &address, sizeof address);
#define REQUIRED(result, name, parameters)                                                                   \
  X(result, name, parameters) if (address == 0) {                                                            \
    *missing = #name;                                                                                        \
    return false;                                                                                            \
  }
  uintptr_t address;
  LIVE_REQUIRED(REQUIRED)
  LIVE_OPTIONAL(X)
#undef X
#undef REQUIRED
  sleeper__live_api._Py_Ticker = find("_Py_Ticker");
  sleeper__live_api._Py_Finalizing = find("_Py_Finalizing");
  return true;
}
