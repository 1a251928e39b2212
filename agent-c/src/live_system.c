/* live_system.c: what the live tier wants from the kernel, without libc. */
#include <asm/unistd.h>
#include <linux/mman.h>
#include <linux/time_types.h>

#include "live.h"
#include "syscall.h"

#define CLOCK_MONOTONIC 1
#define SECOND INT64_C(1000000000)

int64_t sleeper__live_now(void) {
  struct __kernel_timespec now = {0, 0};
  sleeper__syscall3_as(__NR_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0);
  return now.tv_sec * SECOND + now.tv_nsec;
}

void sleeper__live_sleep(int64_t nanoseconds) {
  struct __kernel_timespec time = {nanoseconds / SECOND, nanoseconds % SECOND};
  sleeper__syscall3_as(__NR_nanosleep, (long)&time, 0, 0);
}

int32_t sleeper__live_tid(void) {
  return (int32_t)sleeper__syscall3_as(__NR_gettid, 0, 0, 0);
}

void *sleeper__live_map(size_t bytes) {
  long result = sleeper__syscall6_as(__NR_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return result < 0 && result > -4096 ? NULL : (void *)result;
}

void sleeper__live_unmap(void *memory, size_t bytes) {
  sleeper__syscall3_as(__NR_munmap, (long)memory, (long)bytes, 0);
}
