#include "live_job.h"

#include <asm/unistd.h>

#include "live.h"
#include "syscall.h"

/* Not in memory that comes and goes: a thread may look for its own job while another's ends. */
static struct live_job jobs[LIVE_MAX_JOBS];

static bool in_use(const struct live_job *job) {
  return __atomic_load_n(&job->references, __ATOMIC_ACQUIRE) != 0;
}

uint32_t sleeper__live_jobs(void) {
  uint32_t count = 0;
  for (size_t i = 0; i < LIVE_MAX_JOBS; i++) count += in_use(&jobs[i]);
  return count;
}

uint32_t sleeper__live_stuck(void) {
  uint32_t count = 0;
  for (size_t i = 0; i < LIVE_MAX_JOBS; i++)
    count += in_use(&jobs[i]) && __atomic_load_n(&jobs[i].owner, __ATOMIC_ACQUIRE) == LIVE_ABANDONED;
  return count;
}

struct live_job *sleeper__live_job_new(char *payload, size_t length) {
  for (size_t i = 0; i < LIVE_MAX_JOBS; i++) {
    if (in_use(&jobs[i])) continue;
    jobs[i] = (struct live_job){
        .payload = payload,
        .length = length,
        .pid = (int32_t)sleeper__syscall3_as(__NR_getpid, 0, 0, 0),
    };
    __atomic_store_n(&jobs[i].references, 1, __ATOMIC_RELEASE);
    return &jobs[i];
  }
  return NULL;
}

void sleeper__live_job_hold(struct live_job *job) {
  __atomic_add_fetch(&job->references, 1, __ATOMIC_ACQ_REL);
}

void sleeper__live_job_drop(struct live_job *job) {
  char *payload = job->payload;
  size_t length = job->length;
  if (__atomic_sub_fetch(&job->references, 1, __ATOMIC_ACQ_REL) == 0 && payload != NULL)
    sleeper__live_unmap(payload, length);
}

struct live_job *sleeper__live_job_of(uint64_t ident) {
  for (size_t i = 0; i < LIVE_MAX_JOBS; i++)
    if (in_use(&jobs[i]) && __atomic_load_n(&jobs[i].ident, __ATOMIC_ACQUIRE) == ident) return &jobs[i];
  return NULL;
}

void sleeper__live_jobs_forked(uint64_t ident) {
  for (size_t i = 0; i < LIVE_MAX_JOBS; i++)
    if (jobs[i].ident != ident) __atomic_store_n(&jobs[i].references, 0, __ATOMIC_RELEASE);
}

bool sleeper__live_job_claim(struct live_job *job, enum live_owner owner) {
  uint32_t running = LIVE_RUNNING;
  return __atomic_compare_exchange_n(&job->owner, &running, (uint32_t)owner, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE);
}

bool sleeper__live_job_due(const struct live_job *job, int64_t now) {
  int64_t armed = __atomic_load_n(&job->armed, __ATOMIC_ACQUIRE);
  return armed != 0 &&
         (now >= armed || now >= job->deadline || __atomic_load_n(&job->cancelled, __ATOMIC_ACQUIRE) != 0);
}
