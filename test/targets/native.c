/* native.c: functions of C for native.py, which call each other in known ways. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Each call stays a call, with a frame of its own. */
#define FRAME __attribute__((noinline, noclone, visibility("default")))
#define NOT_THE_LAST_CALL __asm__ volatile("")

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* As a C++ compiler would call it: sleeper::spin(double). */
FRAME void spin(double seconds) __asm__("_ZN7sleeper4spinEd");
void spin(double seconds) {
  double end = cpu_seconds() + seconds;
  while (cpu_seconds() < end) NOT_THE_LAST_CALL;
}

FRAME void spin_outer(double seconds);
void spin_outer(double seconds) {
  /* Of a size that is not known beforehand: the frame is found by the frame pointer. */
  size_t size = (size_t)(seconds * 10000) % 64 + 16;
  char *room = __builtin_alloca(size);
  memset(room, 1, size);
  spin(seconds * room[size - 1]);
  NOT_THE_LAST_CALL;
}

FRAME void call_back(void (*function)(double), double seconds);
void call_back(void (*function)(double), double seconds) {
  function(seconds);
  NOT_THE_LAST_CALL;
}

FRAME void wait_below(double seconds);
void wait_below(double seconds) {
  struct timespec time = {0, (long)(seconds * 1e9)};
  nanosleep(&time, NULL);
  NOT_THE_LAST_CALL;
}

static double signal_seconds;
FRAME void on_signal(int signal);
void on_signal(int signal) {
  (void)signal;
  spin(signal_seconds);
  NOT_THE_LAST_CALL;
}

FRAME void interrupt(double seconds);
void interrupt(double seconds) {
  signal_seconds = seconds;
  signal(SIGUSR2, on_signal);
  raise(SIGUSR2);
  NOT_THE_LAST_CALL;
}

static int compare(const void *a, const void *b) {
  return *(const int *)a - *(const int *)b;
}

/* Through a function of the C library. */
FRAME int compare_slowly(const void *a, const void *b);
int compare_slowly(const void *a, const void *b) {
  spin(0.002);
  return compare(a, b);
}

FRAME void sort_slowly(double seconds);
void sort_slowly(double seconds) {
  int numbers[] = {3, 1, 2};
  (void)seconds;
  qsort(numbers, 3, sizeof *numbers, compare_slowly);
  NOT_THE_LAST_CALL;
}
