/* live_service.c: a session, from its start to its end, and its service thread. */
#include <asm/signal.h>
#include <asm/unistd.h>
#include <linux/prctl.h>

#include "../include/sleeper.h"
#include "live.h"
#include "live_api.h"
#include "live_evaluator.h"
#include "live_fork.h"
#include "live_gil.h"
#include "live_job.h"
#include "live_pipes.h"
#include "live_threads.h"
#include "syscall.h"

#define ENOSYS_RESULT (-38)
#define EALREADY_RESULT (-114)
#define PTHREAD_CREATE_DETACHED 1

#define TICK_MS 10 /* how often a request that is being served is looked at */
#define FIRST_MESSAGE_MS 10000
#define DEFAULT_TIMEOUT_MS 5000u

/* An evaluator that has been sent its exception so often, or for so long, does not hear it. */
#define ROUNDS 10u
#define GRACE (500 * LIVE_MILLISECOND)
/* Beyond its deadline, where no guard is set: that is code of ours, which ends by itself. */
#define OWN_GRACE (2000 * LIVE_MILLISECOND)
/* What the end of a session waits for. */
#define END_GRACE (1000 * LIVE_MILLISECOND)
/* For how long one that has answered may take to leave. */
#define LEAVING (200 * LIVE_MILLISECOND)

static struct live_job *active;

int sleeper__live_thread(void *(*routine)(void *), void *argument, size_t stack_bytes) {
  const struct sleeper__live_api *api = &sleeper__live_api;
  uint64_t attributes[32]; /* pthread_attr_t has at most 64 bytes */
  uint64_t thread[2];
  uint64_t all = ~(uint64_t)0, before = 0;
  int error = api->pthread_attr_init(attributes);
  if (error != 0) return error;
  api->pthread_attr_setdetachstate(attributes, PTHREAD_CREATE_DETACHED);
  error = api->pthread_attr_setstacksize(attributes, stack_bytes);
  /* The program's signals are for its own threads. */
  sleeper__syscall6_as(__NR_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&before, sizeof all, 0, 0);
  if (error == 0) error = api->pthread_create(thread, attributes, routine, argument);
  sleeper__syscall6_as(__NR_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, sizeof all, 0, 0);
  api->pthread_attr_destroy(attributes);
  return error;
}

static void drop_active(void) {
  sleeper__live_job_drop(active);
  active = NULL;
}

static void abandon(enum live_status status) {
  if (!sleeper__live_job_claim(active, LIVE_ABANDONED)) return;
  sleeper__live_answer(active->id, status, active->tid, NULL, 0);
  drop_active();
}

/* Why an evaluator in Python does not hear its exception. */
static enum live_status deafness(void) {
  if (sleeper__live_finalizing()) return LIVE_FINALIZING;
  uint64_t holder = sleeper__live_gil_holder();
  bool lost_gil = active->rounds == 0 && holder != 0 && holder != active->ident;
  return lost_gil ? LIVE_NO_GIL : LIVE_STUCK;
}

/* It is in Python, where an exception can reach it while a guard is set. */
static void watch_python(int64_t now) {
  if (!sleeper__live_job_due(active, now)) {
    if (now > active->deadline + OWN_GRACE) abandon(deafness());
    return;
  }
  int64_t overdue = __atomic_load_n(&active->overdue, __ATOMIC_ACQUIRE);
  if (overdue == 0) {
    overdue = now;
    __atomic_store_n(&active->overdue, now, __ATOMIC_RELEASE);
  }
  sleeper__live_interrupt(active);
  if (active->rounds >= ROUNDS || now - overdue > GRACE) abandon(deafness());
}

static void watch(void) {
  if (__atomic_load_n(&active->owner, __ATOMIC_ACQUIRE) == LIVE_ANSWERED) {
    drop_active();
    return;
  }
  int64_t now = sleeper__live_now();
  bool cancelled = __atomic_load_n(&active->cancelled, __ATOMIC_ACQUIRE) != 0;
  switch (__atomic_load_n(&active->phase, __ATOMIC_ACQUIRE)) {
  case LIVE_LOOKING: break; /* looks at the deadline by itself */
  case LIVE_ASKING:
    if (sleeper__live_finalizing())
      abandon(LIVE_FINALIZING);
    else if (cancelled || now >= active->deadline)
      abandon(cancelled ? LIVE_CANCELLED : LIVE_NO_GIL);
    break;
  default: watch_python(now);
  }
}

/* Until the active request is over one way or the other, or the time is. */
static void finish_active(int64_t patience) {
  int64_t end = sleeper__live_now() + patience;
  while (active != NULL && sleeper__live_now() < end) {
    watch();
    if (active != NULL) sleeper__live_sleep(LIVE_MILLISECOND);
  }
}

static void refuse(uint32_t id, const char *reason) {
  size_t length = 0;
  while (reason[length] != 0) length++;
  sleeper__live_answer(id, LIVE_FAILED, 0, reason, length);
}

static void begin(const struct live_message *message, char *payload) {
  if (active != NULL) {
    sleeper__live_unmap(payload, message->length);
    refuse(message->id, "another request is being served");
    return;
  }
  /* An evaluator that has answered gives back its place only when it has let go of Python. */
  int64_t end = sleeper__live_now() + LEAVING;
  while (sleeper__live_jobs() == LIVE_MAX_JOBS && sleeper__live_now() < end)
    sleeper__live_sleep(LIVE_MILLISECOND);
  uint32_t stuck = sleeper__live_stuck();
  struct live_job *job = sleeper__live_job_new(payload, message->length);
  if (job == NULL) {
    sleeper__live_unmap(payload, message->length);
    refuse(message->id, "too many evaluations are stuck");
    return;
  }
  uint32_t timeout = message->timeout_ms != 0 ? message->timeout_ms : DEFAULT_TIMEOUT_MS;
  job->id = message->id;
  job->stuck = stuck;
  job->deadline = sleeper__live_now() + timeout * LIVE_MILLISECOND;
  if (!sleeper__live_evaluate(job)) {
    sleeper__live_job_drop(job);
    refuse(message->id, "the process can start no more threads");
    return;
  }
  active = job;
}

static bool is_answering(void) {
  return active != NULL && __atomic_load_n(&active->owner, __ATOMIC_ACQUIRE) != LIVE_RUNNING;
}

/* False: the session is over. */
static bool handle(const struct live_message *message, char *payload) {
  /* Who has read the answer asks the next question, maybe before the evaluator has returned from write(). */
  while (is_answering()) finish_active(LIVE_MILLISECOND);
  if (message->kind == LIVE_CALL && payload != NULL) {
    begin(message, payload);
    return true;
  }
  if (payload != NULL) sleeper__live_unmap(payload, message->length);
  if (message->kind == LIVE_CANCEL && active != NULL && active->id == message->id)
    __atomic_store_n(&active->cancelled, 1, __ATOMIC_RELEASE);
  return message->kind == LIVE_CALL || message->kind == LIVE_CANCEL;
}

static void forget_python(void) {
  struct live_job *job = sleeper__live_job_new(NULL, 0);
  if (job == NULL) return; /* stays for the next session */
  job->forget = 1;
  job->deadline = sleeper__live_now() + END_GRACE / 2;
  if (!sleeper__live_evaluate(job)) {
    sleeper__live_job_drop(job);
    return;
  }
  active = job;
  finish_active(END_GRACE);
  if (active != NULL && sleeper__live_job_claim(active, LIVE_ABANDONED)) drop_active();
  finish_active(END_GRACE);
}

static void end_session(void) {
  sleeper__live_pipes_over();
  if (active != NULL) {
    __atomic_store_n(&active->cancelled, 1, __ATOMIC_RELEASE);
    finish_active(END_GRACE);
    if (active != NULL && sleeper__live_job_claim(active, LIVE_ABANDONED)) drop_active();
    finish_active(END_GRACE);
  }
  sleeper__live_pipes_close();
  forget_python();
  sleeper_control.live_tid = 0;
  __atomic_store_n(&sleeper_control.live_state, 0, __ATOMIC_RELEASE);
}

static void *service(void *unused) {
  (void)unused;
  bool first = true, open = true;
  sleeper__syscall3_as(__NR_prctl, PR_SET_NAME, (long)"sleeper", 0);
  sleeper_control.live_tid = (uint32_t)sleeper__live_tid();
  int64_t last_moment = sleeper__live_now() + FIRST_MESSAGE_MS * LIVE_MILLISECOND;
  while (open) {
    struct live_message message;
    char *payload = NULL;
    switch (sleeper__live_read(active != NULL ? TICK_MS
                               : first        ? FIRST_MESSAGE_MS
                                              : -1,
                               &message, &payload)) {
    case LIVE_READ_OVER: open = false; break;
    case LIVE_READ_NOTHING: open = !first || sleeper__live_now() < last_moment; break;
    case LIVE_READ_MESSAGE:
      if (first) sleeper__live_pipes_drop_other_ends();
      first = false;
      open = handle(&message, payload);
    }
    if (active != NULL) watch();
  }
  end_session();
  return NULL;
}

static int64_t start(void) {
  uint32_t off = 0;
  if (!__atomic_compare_exchange_n(&sleeper_control.live_state, &off, 1, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE))
    return EALREADY_RESULT;
  int64_t result = sleeper__live_make_gil();
  if (result == 0) result = sleeper__live_fork_prepare();
  if (result == 0) result = sleeper__live_pipes_open();
  if (result == 0) {
    active = NULL;
    result = -sleeper__live_thread(service, NULL, SLEEPER_STACK_OF_SERVICE);
    if (result != 0) sleeper__live_pipes_close();
  }
  if (result != 0) __atomic_store_n(&sleeper_control.live_state, 0, __ATOMIC_RELEASE);
  return result;
}

int64_t sleeper__live_start(void) {
  if (sleeper_control.state != SLEEPER_READY) return ENOSYS_RESULT;
  const char *missing = NULL;
  if (!sleeper__live_api_find(&missing)) return ENOSYS_RESULT;
  int *errno_of_thread = sleeper__live_api.__errno_location();
  int before = *errno_of_thread;
  int64_t result = start();
  *errno_of_thread = before;
  return result;
}
