/* mutexes.c: locks of C, for mutexes.py. No function that an older C library does not have. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

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

EXPORT int load(const char *path);
int load(const char *path) {
  return dlopen(path, RTLD_NOW) != NULL;
}

/* The one arena of glibc's allocator from now on, which begins with its lock. A chunk that becomes free gets the address
 * of the head of a list in it, 96 bytes further on (struct malloc_state in malloc/malloc.c, since 2.26). */
EXPORT int *arena_lock(void);
int *arena_lock(void) {
  mallopt(M_ARENA_MAX, 1);
  for (int attempt = 0; attempt < 100; attempt++) {
    /* Neighbours that are in use, so that it stays a chunk of its own. */
    char *volatile chunks[3];
    for (int i = 0; i < 3; i++) chunks[i] = malloc(4000);
    char *chunk = chunks[1];
    free(chunks[1]);
    __asm__ volatile("" : "+r"(chunk) : : "memory");
    char **head = *(char ***)chunk;
    if (head != NULL && head[2] == chunk - 16) return (int *)(head - 12);
  }
  return NULL;
}

static volatile int taken;

EXPORT void keep_arena(int *lock);
void keep_arena(int *lock) {
  while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) != 0) continue;
  taken = 1;
  for (;;) pause();
}

EXPORT void *allocate(void);
void *allocate(void) {
  while (!taken) usleep(1000);
  return malloc(40000);
}
