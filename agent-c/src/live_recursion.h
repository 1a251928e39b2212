/* live_recursion.h: a limit of recursion that fits the stack of a thread of ours. */
#ifndef SLEEPER_LIVE_RECURSION_H
#define SLEEPER_LIVE_RECURSION_H

#include <stddef.h>
#include <stdint.h>

/* Lowers what is left to the calling thread, if the program has set a limit that its stack could not hold,
 * and returns by how much. With the GIL. Nothing from 3.12 on, which counts the calls of C by themselves. */
int32_t sleeper__live_recursion_lower(uintptr_t thread_state, size_t stack_bytes);
void sleeper__live_recursion_restore(uintptr_t thread_state, int32_t lowered);

#endif
