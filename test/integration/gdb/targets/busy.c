/* busy.c: a target that notices whatever a debugger does to it.
 *
 * Threads that allocate, that compute (and check their registers by their results), and that sleep in
 * system calls which must neither be cut short nor fail; interval timers whose signals must all arrive.
 * Prints "ready", ends on end of input, with 0 if nothing was noticed, else with what. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_int over;
static atomic_ulong work, ticks;

static void fail(const char *what) {
  fprintf(stderr, "busy: %s (errno %d: %s)\n", what, errno, strerror(errno));
  _exit(3);
}

static void *allocate(void *seed) {
  unsigned state = (unsigned)(uintptr_t)seed;
  char *blocks[256] = {0};
  while (!over) {
    state = state * 1664525u + 1013904223u;
    unsigned slot = (state >> 8) % 256, size = 16 + (state >> 16) % 5000;
    if (blocks[slot] != NULL && blocks[slot][0] != (char)slot) fail("the heap was damaged");
    free(blocks[slot]);
    blocks[slot] = malloc(size);
    if (blocks[slot] == NULL) fail("malloc");
    memset(blocks[slot], (int)slot, size);
    work++;
  }
  return NULL;
}

static void *compute(void *seed) {
  while (!over) {
    double real = 1;
    uint64_t whole = (uintptr_t)seed;
    for (int i = 1; i <= 20000; i++) {
      real = real * 1.0000001 + 1e-9;
      whole = whole * 6364136223846793005u + 1442695040888963407u;
    }
    static _Thread_local double first_real;
    static _Thread_local uint64_t first_whole;
    if (first_real == 0) {
      first_real = real;
      first_whole = whole;
    }
    if (real != first_real || whole != first_whole) fail("a computation went wrong");
    work++;
  }
  return NULL;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *doze(void *unused) {
  (void)unused;
  while (!over) {
    double before = now();
    struct timespec wanted = {0, 3000000};
    /* No handler runs in this thread, so nothing may interrupt the sleep. */
    if (clock_nanosleep(CLOCK_MONOTONIC, 0, &wanted, NULL) != 0) fail("clock_nanosleep");
    if (now() - before < 0.003) fail("a sleep was cut short");
    if (usleep(1000) != 0) fail("usleep");
    work++;
  }
  return NULL;
}

static void *wait_for_pipe(void *fds) {
  char byte;
  while (!over)
    if (read(((int *)fds)[0], &byte, 1) != 1) fail("read");
  return NULL;
}

static void tick(int signal) {
  (void)signal;
  ticks++;
}

static char signal_stack[64 << 10];
static atomic_ulong interruptions;

static void interrupt(int signal) {
  (void)signal;
  interruptions++;
}

/* Waits in a handler, on the stack for signals; where to go back to lies there. */
static void stand(int signal) {
  char byte;
  ssize_t got;
  (void)signal;
  while ((got = read(0, &byte, 1)) < 0 && errno == EINTR) {
  }
  if (got == 0) _exit(0);
}

/* "handler": the only thread waits in a handler that has a stack of its own, while signals whose handlers have the same
 * one come from another process all the time. */
static void wait_in_a_handler(void) {
  stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};
  struct sigaction standing = {.sa_handler = stand, .sa_flags = SA_ONSTACK};
  struct sigaction interrupting = {.sa_handler = interrupt, .sa_flags = SA_ONSTACK | SA_RESTART};
  pid_t here = getpid();
  if (sigaltstack(&stack, NULL) != 0) fail("sigaltstack");
  sigaction(SIGUSR1, &standing, NULL);
  sigaction(SIGUSR2, &interrupting, NULL);
  if (fork() == 0) {
    while (kill(here, SIGUSR2) == 0) usleep(200);
    _exit(0);
  }
  puts("ready");
  for (;;) {
    fflush(stdout);
    raise(SIGUSR1);
    printf("alive %lu\n", interruptions);
  }
}

int main(int argc, char **argv) {
  int fds[2];
  pthread_t thread, reader;
  sigset_t alarm_signal;
  if (pipe(fds) != 0) fail("pipe");
  /* "quiet": one thread that waits, as a program does that has nothing to do. */
  if (argc > 1 && strcmp(argv[1], "quiet") == 0) {
    char rest[64];
    puts("ready");
    fflush(stdout);
    while (read(0, rest, sizeof rest) > 0) {
    }
    return 0;
  }
  if (argc > 1 && strcmp(argv[1], "handler") == 0) wait_in_a_handler();
  sigemptyset(&alarm_signal);
  sigaddset(&alarm_signal, SIGALRM);
  pthread_sigmask(SIG_BLOCK, &alarm_signal, NULL);
  for (uintptr_t i = 1; i <= 2; i++) pthread_create(&thread, NULL, allocate, (void *)i);
  pthread_create(&thread, NULL, compute, (void *)7);
  for (int i = 0; i < 3; i++) pthread_create(&thread, NULL, doze, NULL);
  pthread_create(&reader, NULL, wait_for_pipe, fds);
  pthread_sigmask(SIG_UNBLOCK, &alarm_signal, NULL);
  struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  struct itimerval interval = {{0, 2000}, {0, 2000}};
  setitimer(ITIMER_REAL, &interval, NULL);
  puts("ready");
  fflush(stdout);
  char byte;
  for (;;) {
    ssize_t got = read(0, &byte, 1);
    if (got < 0) fail("read of the main thread");
    if (got == 0) break;
    if (write(fds[1], "x", 1) != 1) fail("write");
    unsigned long work_before = work, ticks_before = ticks;
    double deadline = now() + 10;
    while (work == work_before || ticks == ticks_before) {
      if (now() > deadline) fail(work == work_before ? "no thread goes on" : "the timer's signals stay out");
      sched_yield();
    }
    printf("alive %lu %lu\n", work, ticks);
    fflush(stdout);
  }
  over = 1;
  _exit(0);
}
