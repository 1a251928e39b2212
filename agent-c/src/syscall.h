/* syscall.h: raw system calls; the result is a value, or a negative errno. */
#ifndef SLEEPER_SYSCALL_H
#define SLEEPER_SYSCALL_H

#if defined(__x86_64__)
#include "syscall_x86_64.h"
#elif defined(__aarch64__)
#include "syscall_aarch64.h"
#else
#error "no system call stub for this architecture"
#endif

#define sleeper__syscall3_as(number, a, b, c) sleeper__syscall6_as((number), (a), (b), (c), 0, 0, 0)

#endif
