/* threads.h: the Python threads of an interpreter. */
#ifndef SLEEPER_THREADS_H
#define SLEEPER_THREADS_H

#include "interpreters.h"

struct sleeper__thread {
  address_t state; /* PyThreadState */
  uint64_t ident;
  int32_t tid; /* 0: unknown */
  bool holds_gil;
};

/* for (ok = first(interpreter, &t); ok; ok = next(interpreter, &t)), limited by max_threads. */
bool sleeper__thread_first_as(const struct sleeper__interpreter *interpreter, struct sleeper__thread *thread);
bool sleeper__thread_next_as(const struct sleeper__interpreter *interpreter, struct sleeper__thread *thread);

/* The str that is the thread's name; 0 when threading does not know it. */
address_t sleeper__thread_name_as(const struct sleeper__thread *thread);
/* 0 or 1; -1 when threading does not know. */
int sleeper__thread_daemon_as(const struct sleeper__thread *thread);

#endif
