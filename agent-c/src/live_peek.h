/* live_peek.h: reading memory that another thread may unmap at any moment. */
#ifndef SLEEPER_LIVE_PEEK_H
#define SLEEPER_LIVE_PEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies `size` bytes (at most 64); false when any of them is unreadable. Any thread, no lock. */
bool sleeper__live_peek(uintptr_t from, void *to, size_t size);

#endif
