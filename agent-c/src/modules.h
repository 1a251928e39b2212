/* modules.h: the globals of the modules whose code runs, each module once. */
#ifndef SLEEPER_MODULES_H
#define SLEEPER_MODULES_H

#include "memory.h"

/* To be called at the start of each answer. */
void sleeper__modules_begin_as(void);
/* Notes the globals of a frame. */
void sleeper__module_note_as(address_t globals);
/* Writes the section "modules" with what was noted. */
void sleeper__modules_write_as(void);

#endif
