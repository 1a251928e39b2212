/* budget.h: how long an answer may search for what is not there. While it is searched the target stands
 * still, and a dict of a million keys takes a second to be gone through: each of them is a page of its own.
 *
 * What is printed is limited by the limits of the request and costs nothing here. */
#ifndef SLEEPER_BUDGET_H
#define SLEEPER_BUDGET_H

#include <stdbool.h>

/* Another key is compared and is not the one. False when that must be the last, with a warning. */
bool sleeper__budget_comparison_as(void);
/* Another slot of a table was free. */
bool sleeper__budget_free_slot_as(void);

/* Another element of a container, or attribute of one, is looked at. */
bool sleeper__budget_element_as(void);

#endif
