/* seccomp_filters.c: prints the seccomp filters of threads: `seccomp-filters TID...`
 *
 * A program of its own, run by the CLI: only who traces a thread is told (ptrace(2),
 * PTRACE_SECCOMP_GET_FILTER), and gdb does not ask. Each thread is stopped for some microseconds; the kernel
 * lets it go if this program is killed.
 *
 * Prints a line for each filter, its instructions (struct sock_filter) as they lie in memory, in hexadecimal
 * digits, and an empty line behind the filters of a thread. What a thread has in common with the one before
 * it is not repeated. Exit code 0: all was told; 1: not all, the kernel refused. Threads that are gone are
 * left out. */
#include <asm/unistd.h>
#include <linux/filter.h>
#include <linux/ptrace.h>
#include <stddef.h>

#include "../src/syscall.h"

#define WNOHANG 1
#define WALL 0x40000000 /* __WALL */
#define ESRCH_RESULT (-3L)
#define ENOENT_RESULT (-2L) /* there are no more filters */

#define MOST_FILTERS 32
#define PAUSE_NS 1000000
#define PATIENCE 300 /* pauses: a thread in uninterruptible sleep does not stop */

struct filters {
  long lengths[MOST_FILTERS]; /* of each filter, in instructions */
  long count;
  struct sock_filter code[MOST_FILTERS][BPF_MAXINSNS];
};

static struct filters known, found;

static long trace(long what, long tid, long argument, void *data) {
  return sleeper__syscall6_as(__NR_ptrace, what, tid, argument, (long)data, 0, 0);
}

static void print(const char *text, size_t length) {
  while (length > 0) {
    long done = sleeper__syscall3_as(__NR_write, 1, (long)text, (long)length);
    if (done <= 0) return;
    text += done;
    length -= (size_t)done;
  }
}

static void print_filter(const struct sock_filter *code, long length) {
  static char line[BPF_MAXINSNS * sizeof *code * 2 + 1];
  const unsigned char *bytes = (const unsigned char *)code;
  size_t used = 0;
  for (size_t i = 0; i < (size_t)length * sizeof *code; i++) {
    line[used++] = "0123456789abcdef"[bytes[i] >> 4];
    line[used++] = "0123456789abcdef"[bytes[i] & 15];
  }
  line[used++] = '\n';
  print(line, used);
}

/* The status of the stopped thread; 0: it is gone; -1: it does not stop. */
static int wait_for(long tid) {
  int status = 0;
  for (int i = 0; i < PATIENCE; i++) {
    long result = sleeper__syscall6_as(__NR_wait4, tid, (long)&status, WNOHANG | WALL, 0, 0, 0);
    if (result < 0) return 0;
    if (result == tid) return (status & 0xff) == 0x7f ? status : 0;
    const long pause[2] = {0, PAUSE_NS};
    sleeper__syscall3_as(__NR_nanosleep, (long)pause, 0, 0);
  }
  return -1;
}

/* 0, or the error of the kernel. */
static long read_filters(long tid) {
  for (found.count = 0; found.count < MOST_FILTERS; found.count++) {
    struct sock_filter *code = found.code[found.count];
    long length = trace(PTRACE_SECCOMP_GET_FILTER, tid, found.count, code);
    if (length == ENOENT_RESULT) return 0;
    if (length < 0) return length;
    found.lengths[found.count] = length;
  }
  return -1;
}

static int equal(const struct filters *one, const struct filters *other) {
  if (one->count != other->count) return 0;
  for (long i = 0; i < one->count; i++) {
    if (one->lengths[i] != other->lengths[i]) return 0;
    const char *a = (const char *)one->code[i], *b = (const char *)other->code[i];
    for (size_t k = 0; k < (size_t)one->lengths[i] * sizeof(struct sock_filter); k++)
      if (a[k] != b[k]) return 0;
  }
  return 1;
}

static void tell(void) {
  if (equal(&found, &known)) return;
  for (long i = 0; i < found.count; i++) print_filter(found.code[i], found.lengths[i]);
  print("\n", 1);
  __builtin_memcpy(&known, &found, sizeof known);
}

static int look_at(long tid) {
  long result = trace(PTRACE_SEIZE, tid, 0, NULL);
  if (result == ESRCH_RESULT) return 0;
  if (result < 0) return 1;
  trace(PTRACE_INTERRUPT, tid, 0, NULL);
  int status = wait_for(tid);
  if (status == 0) return 0;
  if (status < 0) return 1;
  result = read_filters(tid);
  /* A signal may have come first: it is the thread's. The event of the interrupt says so in the upper half.
   */
  long signal = status >> 16 != 0 ? 0 : (status >> 8) & 0xff;
  trace(PTRACE_DETACH, tid, 0, (void *)signal);
  if (result < 0) return 1;
  tell();
  return 0;
}

/* The stack as a program finds it: the number of its arguments, and these. */
__attribute__((used)) static void begin(const long *stack) {
  int failed = 0;
  for (long i = 2; i <= stack[0] && !failed; i++) {
    long tid = 0;
    for (const char *text = (const char *)stack[i]; *text >= '0' && *text <= '9'; text++)
      tid = tid * 10 + (*text - '0');
    failed = look_at(tid);
  }
  sleeper__syscall3_as(__NR_exit_group, failed, 0, 0);
  __builtin_unreachable();
}

__asm__(".globl _start\n_start:\n"
#if defined(__x86_64__)
        "  mov %rsp, %rdi\n  and $-16, %rsp\n  call begin\n"
#else
        "  mov x0, sp\n  bl begin\n"
#endif
);
