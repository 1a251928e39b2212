#include "live_fork.h"

#include <stdbool.h>
#include <stddef.h>

#include "../include/sleeper.h"
#include "live_api.h"
#include "live_attach.h"
#include "live_job.h"
#include "live_pipes.h"

#define ENOSYS_RESULT (-38)

static bool prepared;

/* In the child, whose only thread is the one that forked. */
static void in_child(void) {
  sleeper__live_attach_after_fork();
  if (sleeper_control.live_state == 0) return;
  sleeper__live_pipes_forked();
  sleeper__live_jobs_forked(sleeper__live_api.pthread_self());
  sleeper_control.live_tid = 0;
  sleeper_control.live_state = 0;
}

int64_t sleeper__live_fork_prepare(void) {
  if (prepared) return 0;
  const struct sleeper__live_api *api = &sleeper__live_api;
  int error = -1;
  if (api->__register_atfork != NULL)
    error = api->__register_atfork(sleeper__live_attach_before_fork, sleeper__live_attach_after_fork,
                                   in_child, NULL);
  else if (api->pthread_atfork != NULL)
    error = api->pthread_atfork(sleeper__live_attach_before_fork, sleeper__live_attach_after_fork, in_child);
  prepared = error == 0;
  return error == 0 ? 0 : error < 0 ? ENOSYS_RESULT : -error;
}
