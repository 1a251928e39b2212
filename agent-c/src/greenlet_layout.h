/* greenlet_layout.h: where the greenlet package keeps the fields of its objects. */
#ifndef SLEEPER_GREENLET_LAYOUT_H
#define SLEEPER_GREENLET_LAYOUT_H

#include "interpreters.h"

enum sleeper__greenlet_state {
  SLEEPER_GREENLET_NOT_STARTED,
  SLEEPER_GREENLET_SUSPENDED,
  SLEEPER_GREENLET_RUNNING, /* its frames are those of a thread */
  SLEEPER_GREENLET_DEAD,
};

struct sleeper__greenlet {
  address_t address;
  enum sleeper__greenlet_state state;
  bool main;          /* the one that a thread begins in */
  address_t parent;   /* 0: none, or not known */
  address_t run;      /* what it will call, of one that has not started; else 0 */
  address_t frame;    /* the innermost frame object of one that is suspended; 0: no Python frame */
  address_t on_stack; /* an address in the C stack of its thread; 0: not known */
  /* What others have displaced of its C stack. */
  address_t stack_start, stack_saved, stack_copy;
};

/* Finds the class of greenlets of the interpreter, and how the version of the package that is imported lays
 * them out. False when it is not imported, or, with a warning, not known. */
bool sleeper__greenlet_type_as(const struct sleeper__interpreter *interpreter, address_t *type);

/* Describes a greenlet of that type. False when its memory contradicts itself. */
bool sleeper__greenlet_at_as(address_t address, struct sleeper__greenlet *greenlet);

#endif
