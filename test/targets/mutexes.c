/* mutexes.c: locks of C, for mutexes.py. No function that an older C library does not have. */
#define _GNU_SOURCE
#include <pthread.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_mutex_t *const mutexes[] = {&first, &second, &recursive};

#define EXPORT __attribute__((visibility("default"), noinline))

EXPORT pthread_mutex_t *address_of(int which);
pthread_mutex_t *address_of(int which) {
  return mutexes[which];
}

EXPORT int take(int which);
int take(int which) {
  int error = pthread_mutex_lock(mutexes[which]);
  __asm__ volatile("");
  return error;
}

EXPORT int give(int which);
int give(int which) {
  return pthread_mutex_unlock(mutexes[which]);
}

/* With a mutex held, as a library calls its hooks. */
EXPORT void take_and_call(int which, void (*hook)(void));
void take_and_call(int which, void (*hook)(void)) {
  take(which);
  hook();
  give(which);
}

EXPORT void take_turns(int rounds);
void take_turns(int rounds) {
  while (rounds-- > 0) {
    take(0);
    take(1);
    give(1);
    give(0);
  }
}
