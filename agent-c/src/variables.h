/* variables.h: the arguments, locals, cells and free variables of a frame. */
#ifndef SLEEPER_VARIABLES_H
#define SLEEPER_VARIABLES_H

#include "frames.h"

/* Writes the member "variables", and "variablesTruncated" when there are more than the limit. */
void sleeper__variables_write_as(const struct sleeper__frame *frame);

/* The value of a variable of a function, by its name in ASCII; 0: it has none. */
address_t sleeper__variable_as(const struct sleeper__frame *frame, const char *name);

/* Writes the entries of a namespace as the elements of the array `key`, then `truncated_key` when there
 * are more than the limit. With `kind`, each gets that member. */
void sleeper__namespace_write_as(const char *key, const char *truncated_key, address_t dict,
                                 const char *kind);

#endif
