/* sockets.h: what only the process itself can tell of its sockets and pipes. */
#ifndef SLEEPER_SOCKETS_H
#define SLEEPER_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

/* Takes the file descriptors to describe from the input of the request, before the answer overwrites it. */
void sleeper__sockets_take_input_as(const int32_t *fds, size_t count);
/* Writes the member "sockets". */
void sleeper__sockets_write_as(void);

#endif
