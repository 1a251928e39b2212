#include "live_evaluator.h"

#include <asm/unistd.h>

#include "live.h"
#include "live_api.h"
#include "live_attach.h"
#include "live_gil.h"
#include "live_pipes.h"
#include "live_python.h"
#include "live_recursion.h"
#include "syscall.h"

/* Address space, not memory: a repr() that never ends must meet the limit of recursion before the end of
 * the stack. Where there is a limit of address space, less. */
#define LARGEST_STACK ((size_t)64 << 20)
#define SMALLEST_STACK ((size_t)1 << 20)

static size_t stack_bytes = LARGEST_STACK;

static bool given_up(const void *argument) {
  const struct live_job *job = argument;
  return __atomic_load_n(&job->owner, __ATOMIC_ACQUIRE) != LIVE_RUNNING ||
         __atomic_load_n(&job->cancelled, __ATOMIC_ACQUIRE);
}

static void answer(struct live_job *job, enum live_status status, const char *text, size_t length) {
  if (!sleeper__live_job_claim(job, LIVE_ANSWERING)) return;
  if (!job->forget) sleeper__live_answer(job->id, status, job->tid, text, length);
  __atomic_store_n(&job->owner, LIVE_ANSWERED, __ATOMIC_RELEASE);
}

/* With the GIL. */
static enum live_status run_python(struct live_job *job, char **text, size_t *length) {
  uintptr_t state = (uintptr_t)sleeper__live_api.PyGILState_GetThisThreadState();
  int32_t lowered = sleeper__live_recursion_lower(state, stack_bytes);
  enum live_status status = LIVE_OK;
  if (job->forget)
    sleeper__live_python_forget();
  else
    status = sleeper__live_python_answer(job, text, length);
  /* 2.7 lets other threads run while it takes its modules apart: what goes wrong then is not what was asked.
   */
  if ((status == LIVE_OK || status == LIVE_FAILED) && sleeper__live_finalizing()) status = LIVE_FINALIZING;
  sleeper__live_recursion_restore(state, lowered);
  return status;
}

static void serve(struct live_job *job) {
  switch (sleeper__live_gil_wait(job->deadline, given_up, job)) {
  case LIVE_GIL_FINALIZING: answer(job, LIVE_FINALIZING, NULL, 0); return;
  case LIVE_GIL_STANDS: answer(job, job->cancelled ? LIVE_CANCELLED : LIVE_NO_GIL, NULL, 0); return;
  case LIVE_GIL_COMES: break;
  }
  __atomic_store_n(&job->phase, LIVE_ASKING, __ATOMIC_RELEASE);
  void *state = sleeper__live_attach(); /* may end this thread, if the interpreter is ending */
  if (state == NULL) {
    answer(job, LIVE_NO_GIL, NULL, 0);
    return;
  }
  __atomic_store_n(&job->phase, LIVE_IN_PYTHON, __ATOMIC_RELEASE);
  char *text = NULL;
  size_t length = 0;
  enum live_status status = LIVE_OK;
  if (__atomic_load_n(&job->owner, __ATOMIC_ACQUIRE) == LIVE_RUNNING)
    status = run_python(job, &text, &length);
  sleeper__live_detach(state);
  /* os.fork() was called in it: this is the child, and the answer is the parent's. */
  if (sleeper__syscall3_as(__NR_getpid, 0, 0, 0) != job->pid) sleeper__syscall3_as(__NR_exit_group, 0, 0, 0);
  answer(job, status, text, text == NULL ? 0 : length);
  if (text != NULL) sleeper__live_unmap(text, length);
}

static void *evaluator(void *argument) {
  struct live_job *job = argument;
  job->tid = sleeper__live_tid();
  __atomic_store_n(&job->ident, sleeper__live_api.pthread_self(), __ATOMIC_RELEASE);
  serve(job);
  /* The next thread may get the same one while the interrupter still has this job. */
  __atomic_store_n(&job->ident, 0, __ATOMIC_RELEASE);
  sleeper__live_job_drop(job);
  return NULL;
}

bool sleeper__live_evaluate(struct live_job *job) {
  sleeper__live_job_hold(job);
  for (; stack_bytes >= SMALLEST_STACK; stack_bytes /= 4)
    if (sleeper__live_thread(evaluator, job, stack_bytes) == 0) return true;
  stack_bytes = LARGEST_STACK;
  sleeper__live_job_drop(job);
  return false;
}
