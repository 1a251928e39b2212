#include "live_threads.h"

#include <asm/unistd.h>
#include <stdbool.h>
#include <stddef.h>

#include "../include/sleeper.h"
#include "layout.h"
#include "live.h"
#include "live_api.h"
#include "live_peek.h"
#include "symbols.h"
#include "syscall.h"

#define EBUSY_RESULT (-16)
#define FUNCTION_BYTES 512u

static int make_gil_in_main_thread(void *unused) {
  (void)unused;
  sleeper__live_api.PyEval_InitThreads();
  return 0;
}

/* Between giving up the thread state and looking whether there is a GIL to give up with it, or the other
 * way round. */
static bool is_changing_hands(void) {
  uint64_t pc = sleeper_control.resume_pc;
  uintptr_t save = (uintptr_t)sleeper__live_api.PyEval_SaveThread;
  uintptr_t restore = (uintptr_t)sleeper__live_api.PyEval_RestoreThread;
  return pc - save < FUNCTION_BYTES || pc - restore < FUNCTION_BYTES;
}

int64_t sleeper__live_make_gil(void) {
  const struct sleeper__live_api *api = &sleeper__live_api;
  if (SINCE(3, 7) || !api->Py_IsInitialized() || api->PyEval_ThreadsInitialized()) return 0;
  long pid = sleeper__syscall3_as(__NR_getpid, 0, 0, 0);
  if (sleeper__live_tid() != pid) {
    api->Py_AddPendingCall(make_gil_in_main_thread, NULL);
    return 0;
  }
  uintptr_t current = 0;
  sleeper__live_peek(sleeper__symbols._PyThreadState_Current, &current, sizeof current);
  if (current != 0) { /* it runs Python: from now on it holds the GIL */
    api->PyEval_InitThreads();
    return 0;
  }
  if (is_changing_hands()) return EBUSY_RESULT;
  /* It is in a call for which it would have given the GIL up. */
  void *own = api->PyGILState_GetThisThreadState();
  if (own == NULL) return EBUSY_RESULT;
  api->PyThreadState_Swap(own);
  api->PyEval_InitThreads();
  api->PyEval_SaveThread();
  return 0;
}
