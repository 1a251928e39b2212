#include "live.h"
#include "live_api.h"
#include "live_attach.h"
#include "live_evaluator.h"
#include "live_gil.h"
#include "live_python.h"

/* User code may catch the exception, or be in a call that does not look for it: then it is raised again. */
#define AGAIN (20 * LIVE_MILLISECOND)
#define PATIENCE (1000 * LIVE_MILLISECOND)

static bool is_over(const struct live_job *job) {
  return __atomic_load_n(&job->owner, __ATOMIC_ACQUIRE) != LIVE_RUNNING ||
         !sleeper__live_job_due(job, sleeper__live_now());
}

static bool give_up(const void *argument) {
  return is_over(argument);
}

/* With the GIL, so that the guard is not left meanwhile. */
static void raise_in(struct live_job *job) {
  if (is_over(job) || job->python == NULL) return;
  PyObject *exception = job->cancelled ? job->python->cancelled : job->python->deadline;
  sleeper__live_api.PyThreadState_SetAsyncExc((unsigned long)job->ident, exception);
  __atomic_add_fetch(&job->rounds, 1, __ATOMIC_ACQ_REL);
}

static void *interrupter(void *argument) {
  struct live_job *job = argument;
  while (!is_over(job)) {
    enum live_gil gil = sleeper__live_gil_wait(sleeper__live_now() + PATIENCE, give_up, job);
    if (gil == LIVE_GIL_FINALIZING) break;
    if (gil == LIVE_GIL_STANDS) continue;
    void *state = sleeper__live_attach();
    if (state != NULL) {
      raise_in(job);
      sleeper__live_detach(state);
    }
    sleeper__live_sleep(AGAIN);
  }
  __atomic_store_n(&job->interrupting, 0, __ATOMIC_RELEASE);
  sleeper__live_job_drop(job);
  return NULL;
}

void sleeper__live_interrupt(struct live_job *job) {
  if (__atomic_exchange_n(&job->interrupting, 1, __ATOMIC_ACQ_REL)) return;
  sleeper__live_job_hold(job);
  if (sleeper__live_thread(interrupter, job, SLEEPER_STACK_OF_SERVICE) == 0) return;
  __atomic_store_n(&job->interrupting, 0, __ATOMIC_RELEASE);
  sleeper__live_job_drop(job);
}
