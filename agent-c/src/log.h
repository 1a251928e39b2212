/* log.h: the log of a recording: records that are in it whole or not at all. */
#ifndef SLEEPER_LOG_H
#define SLEEPER_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memory.h"

/* The log to write to; `length` is where its length stands. */
void sleeper__log_use_as(char *log, uint64_t capacity, uint64_t *length);

/* A record: begin, any number of numbers and texts, end. False when it had no room: then it is not there. */
void sleeper__log_begin_as(uint8_t kind);
void sleeper__log_number_as(uint64_t number);
/* A str; empty when it is none. */
void sleeper__log_text_as(address_t str);
/* A text of the agent's own. */
void sleeper__log_own_text_as(const char *text, size_t length);
bool sleeper__log_end_as(void);

#endif
