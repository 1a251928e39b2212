/* live_attach.c: PyGILState_Ensure() makes the thread state before it has the GIL, under the lock of the
 * interpreter's list of threads. The child of a fork at that moment inherits the lock as it is, and up to
 * 3.11 waits for it for ever (PyOS_AfterFork_Child, _PyThreadState_DeleteExcept). So up to 3.11 no fork is
 * let through while a thread state is made; not while the GIL is waited for, which who forks has.
 * From 3.12 on CPython sees to it itself, and 3.13 holds that lock when it forks. */
#include "live_attach.h"

#include <asm/unistd.h>
#include <stddef.h>
#include <stdint.h>

#include "layout.h"
#include "live.h"
#include "live_api.h"
#include "syscall.h"

#define PATIENCE (100 * LIVE_MILLISECOND)
#define PyGILState_UNLOCKED 1 /* what PyGILState_Ensure() returns in a thread without a thread state */

static uint32_t making;
static char by_ensure; /* stands for a state that PyGILState_Ensure() made */

/* Takes microseconds. Whatever may keep it longer must not keep a fork for ever. */
void sleeper__live_attach_before_fork(void) {
  int64_t deadline = 0;
  while (__atomic_exchange_n(&making, 1, __ATOMIC_ACQUIRE)) {
    if (deadline == 0) deadline = sleeper__live_now() + PATIENCE;
    if (sleeper__live_now() > deadline) return;
    sleeper__syscall3_as(__NR_sched_yield, 0, 0, 0);
  }
}

void sleeper__live_attach_after_fork(void) {
  __atomic_store_n(&making, 0, __ATOMIC_RELEASE);
}

/* The one that PyGILState_Ensure() is about; up to 3.6 it is the last of the list, and has no name. */
static void *main_interpreter(void) {
  if (sleeper__live_api.PyInterpreterState_Main != NULL) return sleeper__live_api.PyInterpreterState_Main();
  void *last = NULL;
  for (void *each = sleeper__live_api.PyInterpreterState_Head(); each != NULL;
       each = sleeper__live_api.PyInterpreterState_Next(each))
    last = each;
  return last;
}

void *sleeper__live_attach(void) {
  if (SINCE(3, 12)) {
    sleeper__live_api.PyGILState_Ensure();
    return &by_ensure;
  }
  sleeper__live_attach_before_fork();
  void *interpreter = main_interpreter();
  void *state = interpreter == NULL ? NULL : sleeper__live_api.PyThreadState_New(interpreter);
  sleeper__live_attach_after_fork();
  if (state != NULL) sleeper__live_api.PyEval_RestoreThread(state);
  return state;
}

void sleeper__live_detach(void *state) {
  if (state == &by_ensure) {
    sleeper__live_api.PyGILState_Release(PyGILState_UNLOCKED);
    return;
  }
  sleeper__live_api.PyThreadState_Clear(state);
  sleeper__live_api.PyThreadState_DeleteCurrent();
}
