/* live_job.h: one request while it is served. Shared by the service thread, the evaluator and the thread
 * that interrupts the evaluator; the last of them frees it. */
#ifndef SLEEPER_LIVE_JOB_H
#define SLEEPER_LIVE_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum live_status {
  LIVE_OK = 0,
  LIVE_NO_GIL = 1,
  LIVE_DEADLINE = 2,
  LIVE_CANCELLED = 3,
  LIVE_STUCK = 4,
  LIVE_FAILED = 5,
  LIVE_FINALIZING = 6,
};

/* Whose the answer is. Only one of evaluator and service changes it from RUNNING. */
enum live_owner {
  LIVE_RUNNING = 0,
  LIVE_ANSWERING = 1, /* the evaluator has an answer and writes it */
  LIVE_ANSWERED = 2,
  LIVE_ABANDONED = 3, /* the service answered instead; the evaluator's answer is thrown away */
};

/* How far the evaluator is. */
enum live_phase {
  LIVE_LOOKING = 0, /* whether the GIL can be had */
  LIVE_ASKING = 1,  /* for the GIL, which cannot be taken back */
  LIVE_IN_PYTHON = 2,
};

struct live_python;

struct live_job {
  uint32_t references; /* 0: this place is free */
  uint32_t id;
  uint32_t owner;
  uint32_t phase;
  int32_t tid;
  int32_t pid;
  uint64_t ident;   /* pthread_self(), which is what Python calls the thread */
  int64_t deadline; /* of the whole request */
  int64_t overdue;  /* since when the service waits for a reaction; 0: it does not */
  /* The innermost guard's deadline; 0: no guard, nothing may be raised. Changed with the GIL only. */
  int64_t armed;
  uint32_t interrupting; /* an interrupter is at work */
  uint32_t rounds;       /* how often it has raised its exception since then */
  uint32_t cancelled;
  uint32_t stuck;             /* how many evaluators were stuck when it began */
  uint32_t forget;            /* not a request, but the end of the session */
  struct live_python *python; /* the exceptions to be raised in it; NULL: it does not run Python */
  size_t length;
  char *payload; /* memory of its own */
};

/* At most so many evaluators are left behind in calls that do not return. */
#define LIVE_MAX_STUCK 3u
/* One more, which then runs no code of the target's, and one that cleans up. */
#define LIVE_MAX_JOBS (LIVE_MAX_STUCK + 2)

/* How many jobs there are: the one that is served, those that are stuck, and those whose evaluator has
 * answered and is about to end. */
uint32_t sleeper__live_jobs(void);
/* How many are abandoned and not yet over. */
uint32_t sleeper__live_stuck(void);

/* A job with one reference; the service thread alone makes them. It takes over `payload`, from
 * sleeper__live_map(). NULL: too many. */
struct live_job *sleeper__live_job_new(char *payload, size_t length);
void sleeper__live_job_hold(struct live_job *job);
void sleeper__live_job_drop(struct live_job *job);
/* The job of the thread `ident`; NULL. */
struct live_job *sleeper__live_job_of(uint64_t ident);
/* In the child of a fork: forgets those of other threads than `ident`. */
void sleeper__live_jobs_forked(uint64_t ident);

/* Changes the owner from RUNNING; false when another was faster. */
bool sleeper__live_job_claim(struct live_job *job, enum live_owner owner);

/* When a guard may be ended: when its time or that of the whole request is over, or it was cancelled. */
bool sleeper__live_job_due(const struct live_job *job, int64_t now);

#endif
