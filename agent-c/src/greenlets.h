/* greenlets.h: the greenlets of the greenlet package, which gevent and eventlet are made of. */
#ifndef SLEEPER_GREENLETS_H
#define SLEEPER_GREENLETS_H

/* Writes the section "greenlets", where the package is imported; its schema is src/model/greenlet.ts. */
void sleeper__greenlets_write_as(void);

#endif
