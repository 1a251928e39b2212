/* printable.h: which characters may reach a terminal as they are. */
#ifndef SLEEPER_PRINTABLE_H
#define SLEEPER_PRINTABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Is the character printable as str.isprintable() has it: not a control or format character, a
 * surrogate, for private use, unassigned, or a separator other than the space? By the Unicode
 * version of printable_ranges.h, which may know more characters than the target's. */
bool sleeper__printable_as(uint32_t character);

#endif
