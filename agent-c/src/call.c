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

#define BIT(signal) ((uint64_t)1 << ((signal) - 1))
/* A fault whose signal is blocked takes the target's handler away (Linux, kernel/signal.c,
 * force_sig_info_to_task). */
#define FAULTS (BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGFPE) | BIT(SIGTRAP) | BIT(SIGSYS))

struct sleeper__call sleeper__call = {.blocked = ~FAULTS};

void sleeper__call_serve_as(void) {
  sleeper_control.resumed = 0;
  sleeper__serve_as();
}

#if defined(__x86_64__)

void sleeper__call_announce_as(void) {
  long tid = sleeper__syscall3_as(__NR_gettid, 0, 0, 0);
  /* tkill, for it takes an argument less than tgkill; a thread cannot mistake its own id. */
  sleeper__call.announced = sleeper__syscall3_as(__NR_tkill, tid, SIGURG, 0) == 0;
  sleeper__call.mask_at_end = sleeper__call.mask_before & ~BIT(SIGURG);
}

/* In the order in which they lie on the stack; entry_x86_64.S pushes them. */
struct registers {
  uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax, flags;
};

_Static_assert(offsetof(struct sleeper__call, stack_top) == 0, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper__call, interrupted_sp) == 8, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper__call, frame) == 16, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper__call, resume_pc) == 24, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper__call, blocked) == 32, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper__call, mask_before) == 40, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper__call, mask_at_end) == 48, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper__call, announced) == 56, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper__call, scratch) == 64, "entry_x86_64.S");
_Static_assert(offsetof(struct sleeper_control, again) == 540, "entry_x86_64.S");

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
  sleeper_control.resumed = 1;
}

#endif
