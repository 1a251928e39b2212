/* probe.c: what the kernel says of a page. */
#include <asm/unistd.h>

#include "memory.h"
#include "syscall.h"

#define NO_SUCH_HOW (-1)
#define EFAULT_RESULT (-14L)

/* rt_sigprocmask copies the new mask in before it looks at `how`: EFAULT means that the address is
 * unreadable, EINVAL that it is readable, and no mask is ever changed. It needs no file descriptor,
 * and every seccomp filter allows it. (Linux, kernel/signal.c) */
bool sleeper__probe_page_as(address_t page) {
  long result = sleeper__syscall6_as(__NR_rt_sigprocmask, NO_SUCH_HOW, (long)page, 0, 8, 0, 0);
  return result != EFAULT_RESULT;
}
