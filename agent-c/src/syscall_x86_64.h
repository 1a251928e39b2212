/* syscall_x86_64.h: system calls without libc, so that neither errno nor a cancellation point is touched. */
#ifndef SLEEPER_SYSCALL_X86_64_H
#define SLEEPER_SYSCALL_X86_64_H

static inline long sleeper__syscall6_as(long number, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

#endif
