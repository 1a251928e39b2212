/* arena.h: the agent's own memory, mapped once in advance, so that a request never allocates. */
#ifndef SLEEPER_ARENA_H
#define SLEEPER_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLEEPER_STACK_BYTES ((size_t)256 << 10)
#define SLEEPER_PAGE_TABLE_BYTES ((size_t)128 << 10)
/* Of an answer; most are shorter. */
#define SLEEPER_KEPT_BYTES ((size_t)1 << 20)

struct sleeper__arena {
  uintptr_t *page_table; /* of memory.c */
  char *output;          /* the input of a request, then its answer */
  size_t output_bytes;
};

extern struct sleeper__arena sleeper__arena;

/* Maps the stack (with a guard page below it), the page table and the output buffer, and enters
 * them in sleeper_control. The pages cost nothing until a request touches them, are not inherited
 * with their contents by a fork, and are left out of core dumps. Returns false when the address
 * space is exhausted. Runs in the constructor. */
bool sleeper__arena_map(void);

/* Offers the kernel all but the beginning of the answer, `length` bytes that are yet to be read: it takes
 * them when it is short of memory, and puts zeros in their place. */
void sleeper__arena_offer_as(size_t length);

#endif
