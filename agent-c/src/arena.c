#include "arena.h"

#include <asm/unistd.h>
#include <linux/mman.h>
#include <linux/resource.h>

#include "../include/sleeper.h"
#include "call.h"
#include "syscall.h"

#define GUARD_BYTES ((size_t)4096)

struct sleeper__arena sleeper__arena;

static char *map_as(size_t bytes) {
  long result = sleeper__syscall6_as(__NR_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return result < 0 && result > -4096 ? NULL : (char *)result;
}

/* Has the process a limit of address space? */
static bool is_limited(void) {
  uint64_t limit[2] = {RLIM64_INFINITY, RLIM64_INFINITY};
  sleeper__syscall6_as(__NR_prlimit64, 0, RLIMIT_AS, 0, (long)limit, 0, 0);
  return limit[0] != RLIM64_INFINITY;
}

void sleeper__arena_offer_as(size_t length) {
  if (length <= SLEEPER_KEPT_BYTES) return;
  uintptr_t start = (uintptr_t)sleeper__arena.output + SLEEPER_KEPT_BYTES;
  sleeper__syscall3_as(__NR_madvise, (long)start, (long)(length - SLEEPER_KEPT_BYTES), MADV_FREE);
}

bool sleeper__arena_map(void) {
  const size_t fixed = GUARD_BYTES + SLEEPER_STACK_BYTES + SLEEPER_PAGE_TABLE_BYTES;
  /* A process with a limit needs what is left of it itself. Answers that a smaller buffer cuts say so. */
  for (size_t output_bytes = (size_t)(is_limited() ? 4 : 64) << 20; output_bytes >= (size_t)1 << 20;
       output_bytes /= 4) {
    char *base = map_as(fixed + output_bytes);
    if (base == NULL) continue;
    sleeper__syscall3_as(__NR_mprotect, (long)base, GUARD_BYTES, PROT_NONE);
    sleeper__syscall3_as(__NR_madvise, (long)base, (long)(fixed + output_bytes), MADV_WIPEONFORK);
    sleeper__syscall3_as(__NR_madvise, (long)base, (long)(fixed + output_bytes), MADV_DONTDUMP);
    char *stack_top = base + GUARD_BYTES + SLEEPER_STACK_BYTES;
    sleeper__arena.page_table = (uintptr_t *)(void *)stack_top;
    sleeper__arena.output = stack_top + SLEEPER_PAGE_TABLE_BYTES;
    sleeper__arena.output_bytes = output_bytes;
    sleeper__call.stack_top = (uintptr_t)stack_top;
    sleeper_control.stack_top = (uintptr_t)stack_top;
    sleeper_control.arena = (uintptr_t)sleeper__arena.output;
    sleeper_control.arena_size = output_bytes;
    return true;
  }
  return false;
}
