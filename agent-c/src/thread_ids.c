#include "thread_ids.h"

#include <asm/unistd.h>

#include "layout.h"
#include "syscall.h"

/* glibc keeps the id at 0x2d0 (x86-64) or 0xd0 (aarch64) of its descriptor, musl at about 0x30. */
#define DESCRIPTOR_BYTES 2048u

static uint32_t tid_offset; /* 0: not found */

void sleeper__thread_ids_learn(uintptr_t self) {
  int32_t own = (int32_t)sleeper__syscall3_as(__NR_gettid, 0, 0, 0);
  for (uint32_t offset = 16; offset < DESCRIPTOR_BYTES; offset += 4) {
    int32_t candidate;
    if (!sleeper__read_i32_as(self + offset, &candidate)) return;
    if (candidate != own) continue;
    tid_offset = offset;
    return;
  }
}

static bool is_of_this_process_as(int32_t tid) {
  long pid = sleeper__syscall3_as(__NR_getpid, 0, 0, 0);
  return sleeper__syscall3_as(__NR_tgkill, pid, tid, 0) == 0;
}

int32_t sleeper__thread_tid_as(address_t state, uint64_t ident) {
  uint64_t native;
  int32_t tid;
  if (HAS(tstate_native_thread_id)) {
    if (!sleeper__read_u64_as(AT(state, tstate_native_thread_id), &native)) return 0;
    /* A fork that CPython was not told of, such as uWSGI's, leaves the id of the parent's thread there. */
    if (tid_offset == 0 || is_of_this_process_as((int32_t)native)) return (int32_t)native;
  }
  if (tid_offset == 0 || !sleeper__read_i32_as(ident + tid_offset, &tid)) return 0;
  return tid;
}
