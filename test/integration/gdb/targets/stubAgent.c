/* stubAgent.c: a stand-in for libsleeper.so with the real entry stub, call.c and control block.
 *
 * The tests of the gdb layer need requests that an agent should never serve: one that never comes
 * back, one that faults with half of the answer written. It works in any process, not only CPython. */
#include <stdint.h>
#include <sys/mman.h>

#include "../../../../agent-c/include/sleeper.h"
#include "../../../../agent-c/src/call.h"
#include "../../../../agent-c/src/serve.h"

extern const char sleeper__entry_begun[] __attribute__((visibility("hidden")));
extern const char sleeper__entry_end[] __attribute__((visibility("hidden")));
extern const char sleeper__entry_done[] __attribute__((visibility("hidden")));
extern const char sleeper__entry_landing[] __attribute__((visibility("hidden")));

enum {
  ARENA_SIZE = 1 << 20,
  STACK_SIZE = 1 << 16,
  REQUEST_SPIN = 100,   /* never comes back */
  REQUEST_REFUSE = 101,
  REQUEST_BUSY = 102,   /* takes flags microseconds' worth of work, roughly */
};

__attribute__((visibility("default"))) struct sleeper_control sleeper_control = {
    .magic = SLEEPER_MAGIC,
    .abi = SLEEPER_ABI,
    .size = sizeof(struct sleeper_control),
    .version = "stub",
};

static void append(const char *text) {
  char *output = (char *)(uintptr_t)sleeper_control.output;
  for (; *text != 0; text++) {
    output[sleeper_control.length++] = *text;
    output[sleeper_control.length] = 0;
  }
}

void sleeper__serve_as(void) {
  volatile int *nowhere = 0;
  sleeper_control.served++;
  sleeper_control.output = sleeper_control.arena + 4096;
  sleeper_control.length = 0;
  sleeper_control.status = SLEEPER_STATUS_RUNNING;
  append("{\"begun\":true");
  switch (sleeper_control.request) {
    case SLEEPER_REQUEST_FAULT:
      *nowhere = 1;
      break;
    case REQUEST_SPIN:
      for (volatile int forever = 1; forever;) {
      }
      break;
    case REQUEST_BUSY:
      for (volatile uint32_t i = 0; i < sleeper_control.flags * 300; i++) {
      }
      break;
    case REQUEST_REFUSE: {
      const char *why = "it was asked to refuse";
      for (int i = 0; (sleeper_control.reason[i] = why[i]) != 0; i++) {
      }
      sleeper_control.status = SLEEPER_STATUS_REFUSED;
      return;
    }
    default:
      break;
  }
  append(",\"done\":true}");
  sleeper_control.status = SLEEPER_STATUS_DONE;
}

__attribute__((constructor)) static void wake_once(void) {
  char *memory = mmap(0, ARENA_SIZE + STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  sleeper_control.arena = (uintptr_t)memory;
  sleeper_control.arena_size = ARENA_SIZE;
  sleeper_control.stack_top = (uintptr_t)memory + ARENA_SIZE + STACK_SIZE;
  sleeper_control.entry = (uintptr_t)sleeper_entry;
  sleeper__call.stack_top = sleeper_control.stack_top;
  sleeper_control.begun = (uintptr_t)sleeper__entry_begun;
  sleeper_control.end = (uintptr_t)sleeper__entry_end;
  sleeper_control.done = (uintptr_t)sleeper__entry_done;
  sleeper_control.landing = (uintptr_t)sleeper__entry_landing;
  sleeper_control.state = SLEEPER_READY;
}
