#include "serve.h"

#include "../include/sleeper.h"
#include "arena.h"
#include "backtrace.h"
#include "dump.h"
#include "limits.h"
#include "memory.h"
#include "recording.h"
#include "sample.h"
#include "sockets.h"
#include "writer.h"

static void refuse_as(const char *reason) {
  size_t i = 0;
  for (; i + 1 < sizeof sleeper_control.reason && reason[i] != 0; i++) sleeper_control.reason[i] = reason[i];
  sleeper_control.reason[i] = 0;
  sleeper_control.status = SLEEPER_STATUS_REFUSED;
}

static void take_input_as(void) {
  size_t bytes = sleeper_control.input_length;
  if (bytes > sleeper__arena.output_bytes) bytes = 0;
  sleeper__sockets_take_input_as((const int32_t *)(const void *)sleeper__arena.output,
                                 bytes / sizeof(int32_t));
}

static const char *sample_as(void) {
  const char *refused = sleeper__recording_open_as();
  if (refused == NULL) sleeper__sample_as();
  return refused;
}

void sleeper__serve_as(void) {
  const char *refused = NULL;
  sleeper_control.served++;
  sleeper_control.status = SLEEPER_STATUS_RUNNING;
  sleeper_control.length = 0;
  sleeper_control.output = (uintptr_t)sleeper__arena.output;
  sleeper_control.reason[0] = 0;
  if (sleeper_control.state != SLEEPER_READY) {
    refuse_as("the agent is not ready in this process");
    return;
  }
  sleeper__memory_reset_as();
  sleeper__limits_take_as(&sleeper_control.limits);
  take_input_as();
  sleeper__writer_begin_as(sleeper_control.request == SLEEPER_REQUEST_DUMP);
  switch (sleeper_control.request) {
  case SLEEPER_REQUEST_DUMP: sleeper__dump_as(); break;
  case SLEEPER_REQUEST_BT: sleeper__backtrace_as(); break;
  case SLEEPER_REQUEST_FAULT: *(volatile char *)0 = 0; break;
  case SLEEPER_REQUEST_SAMPLE: refused = sample_as(); break;
  case SLEEPER_REQUEST_END_RECORDING: sleeper__recording_end_as(); break;
  default: refused = "this request is unknown to this version of the agent";
  }
  if (refused != NULL) {
    refuse_as(refused);
    return;
  }
  sleeper__writer_end_as();
  sleeper__arena_offer_as(sleeper_control.length);
  sleeper_control.status = SLEEPER_STATUS_DONE;
}
