/* call.c: around one request: how a call ends, with a debugger and without.
 *
 * The end of a call is announced by SIGURG, which the stub sends to its own thread: a debugger sees it
 * and puts the registers back. A trap instruction would do so too, but would kill the process when the
 * debugger has died meanwhile. SIGURG is ignored by default; then the thread comes back from sending
 * it, and the stub returns to the interrupted code by itself. */
#include "call.h"

#include <asm/signal.h>
#include <asm/unistd.h>
#include <stdbool.h>
#include <stddef.h>

#include "../include/sleeper.h"
#include "serve.h"
#include "syscall.h"

struct sleeper__call sleeper__call;

#define MASK_BYTES sizeof(uint64_t)
static const uint64_t urgent = (uint64_t)1 << (SIGURG - 1);
static bool was_blocked;

void sleeper__call_serve_as(void) {
  uint64_t before = 0;
  sleeper_control.resumed = 0;
  was_blocked = false;
  sleeper__serve_as();
  sleeper__call.tid = (uintptr_t)sleeper__syscall3_as(__NR_gettid, 0, 0, 0);
  sleeper__syscall6_as(__NR_rt_sigprocmask, SIG_UNBLOCK, (long)&urgent, (long)&before, MASK_BYTES, 0, 0);
  was_blocked = (before & urgent) != 0;
}

#if defined(__x86_64__)

/* In the order in which they lie on the stack; entry_x86_64.S pushes them. */
struct registers {
  uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax, flags;
};

_Static_assert(offsetof(struct sleeper__call, stack_top) == 0, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper__call, interrupted_sp) == 8, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper__call, frame) == 16, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper__call, resume_pc) == 24, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper__call, tid) == 32, "entry_x86_64.S");

/* include/linux/errno.h: what an interrupted system call leaves in %rax for the kernel itself */
#define ERESTARTSYS 512
#define ERESTARTNOINTR 513
#define ERESTARTNOHAND 514
#define ERESTART_RESTARTBLOCK 516
#define SYSCALL_INSTRUCTION_BYTES 2

/* The debugger's changes made the kernel forget the system call that the stop interrupted, so it is
 * restarted here, as the kernel does it (arch/x86/kernel/signal.c, arch_do_signal_or_restart). */
void sleeper__call_resume_as(void) {
  struct registers *registers = (struct registers *)sleeper__call.frame;
  int64_t result = (int64_t)sleeper_control.resume_ax;
  sleeper__call.resume_pc = sleeper_control.resume_pc;
  registers->rax = sleeper_control.resume_ax;
  if (sleeper_control.resume_syscall >= 0) {
    if (result == -ERESTARTSYS || result == -ERESTARTNOINTR || result == -ERESTARTNOHAND) {
      registers->rax = (uint64_t)sleeper_control.resume_syscall;
      sleeper__call.resume_pc -= SYSCALL_INSTRUCTION_BYTES;
    } else if (result == -ERESTART_RESTARTBLOCK) {
      registers->rax = __NR_restart_syscall;
      sleeper__call.resume_pc -= SYSCALL_INSTRUCTION_BYTES;
    }
  }
  if (was_blocked) sleeper__syscall6_as(__NR_rt_sigprocmask, SIG_BLOCK, (long)&urgent, 0, MASK_BYTES, 0, 0);
  sleeper_control.resumed = 1;
}

#endif
