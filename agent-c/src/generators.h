/* generators.h: generators, coroutines and asynchronous generators: how far they are, and what they wait for.
 */
#ifndef SLEEPER_GENERATORS_H
#define SLEEPER_GENERATORS_H

#include "frames.h"

/* All of these expect the address of an object of one of the three kinds. */

/* "created", "suspended", "running" or sleeper__generator_closed; NULL when the memory contradicts itself. */
const char *sleeper__generator_state_as(address_t generator);
extern const char sleeper__generator_closed[];

/* The str that is its name, qualified from 3.x on; 0 when there is none. */
address_t sleeper__generator_name_as(address_t generator);

/* False when it has none any more. The frame may be unreadable. */
bool sleeper__generator_frame_as(address_t generator, struct sleeper__frame *frame);

/* What it waits for in an `await` or `yield from`, as it lies on its stack; 0: it does not. */
address_t sleeper__generator_awaited_as(address_t generator);

/* The value stack of a readable frame that is suspended: from the bottom up to the top, which is not a part.
 */
bool sleeper__suspended_stack_as(const struct sleeper__frame *frame, address_t *bottom, address_t *top);

/* What is within the objects that `await` puts around what is waited for: a future, a coroutine, a generator;
 * any other object itself. */
address_t sleeper__awaitable_inside_as(address_t awaitable);

#endif
