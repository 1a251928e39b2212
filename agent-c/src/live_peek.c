#include "live_peek.h"

#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/uio.h>

#include "syscall.h"

/* Where seccomp denies the call below: the kernel copies into a pipe, and back. */
static bool peek_through_pipe(uintptr_t from, void *to, size_t size) {
  int ends[2];
  if (sleeper__syscall3_as(__NR_pipe2, (long)ends, O_CLOEXEC | O_NONBLOCK, 0) != 0) return false;
  bool done = sleeper__syscall3_as(__NR_write, ends[1], (long)from, (long)size) == (long)size &&
              sleeper__syscall3_as(__NR_read, ends[0], (long)to, (long)size) == (long)size;
  sleeper__syscall3_as(__NR_close, ends[0], 0, 0);
  sleeper__syscall3_as(__NR_close, ends[1], 0, 0);
  return done;
}

bool sleeper__live_peek(uintptr_t from, void *to, size_t size) {
  struct iovec local = {to, size};
  struct iovec remote = {(void *)from, size};
  long pid = sleeper__syscall3_as(__NR_getpid, 0, 0, 0);
  long got = sleeper__syscall6_as(__NR_process_vm_readv, pid, (long)&local, 1, (long)&remote, 1, 0);
  if (got == (long)size) return true;
  const long efault = -14;
  return got < 0 && got != efault && peek_through_pipe(from, to, size);
}
