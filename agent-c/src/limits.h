/* limits.h: the limits of the request that is being served. */
#ifndef SLEEPER_LIMITS_H
#define SLEEPER_LIMITS_H

#include "../include/sleeper.h"

/* sleeper_control.limits with the defaults put in for the zeros. */
extern struct sleeper_limits sleeper__limits;

void sleeper__limits_take_as(const struct sleeper_limits *requested);
/* Writes the limits in force as the member "limits". */
void sleeper__limits_write_as(void);

#endif
