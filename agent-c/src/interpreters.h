/* interpreters.h: the interpreters of the process, their GIL and their garbage collector. */
#ifndef SLEEPER_INTERPRETERS_H
#define SLEEPER_INTERPRETERS_H

#include "memory.h"

struct sleeper__interpreter {
  address_t address;
  int64_t id;
  bool main;
  address_t gil_holder; /* the PyThreadState that holds the GIL that this interpreter uses, or 0 */
};

/* for (ok = first(&i); ok; ok = next(&i)); at most SLEEPER_MAX_INTERPRETERS steps. */
bool sleeper__interpreter_first_as(struct sleeper__interpreter *interpreter);
bool sleeper__interpreter_next_as(struct sleeper__interpreter *interpreter);

/* sys.modules[name].__dict__ */
bool sleeper__module_dict_as(const struct sleeper__interpreter *interpreter, const char *name,
                             address_t *dict);

bool sleeper__finalizing_as(void);

/* Writes one element of "interpreters". */
void sleeper__interpreter_write_as(const struct sleeper__interpreter *interpreter);

#endif
