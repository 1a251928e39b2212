/* thread_ids.h: which kernel thread a Python thread is. */
#ifndef SLEEPER_THREAD_IDS_H
#define SLEEPER_THREAD_IDS_H

#include "memory.h"

/* Looks for the calling thread's id in its thread descriptor, which `self`, the result of
 * pthread_self(), points to. Runs in the constructor. */
void sleeper__thread_ids_learn(uintptr_t self);

/* The kernel's id of the thread that `state` belongs to, or 0. From 3.11 on CPython stores it. Before, and
 * where that is no thread of this process, `ident` is pthread_self(), and the C library's thread descriptor
 * holds the id at an offset that sleeper__thread_ids_learn() found. The reader of the answer checks that such
 * a thread exists. */
int32_t sleeper__thread_tid_as(address_t state, uint64_t ident);

#endif
