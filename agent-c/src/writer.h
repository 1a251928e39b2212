/* writer.h: JSON (and plain text) into the arena.
 *
 * One answer is written at a time, so the writer's state is global. Every function stays within the
 * arena: when it is full, further members are left out and sleeper__writer_full_as() says so. What is
 * open can always be closed, so the answer is valid JSON even then; but an object may lack members,
 * which its writer mends by rewinding to the mark before it.
 */
#ifndef SLEEPER_WRITER_H
#define SLEEPER_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts an answer: a JSON document, or plain text. */
void sleeper__writer_begin_as(bool json);
bool sleeper__writer_full_as(void);
/* Ends the answer with a NUL and enters its length in the control block. */
void sleeper__writer_end_as(void);

/* Structure. Commas are put by the writer. `key` is NULL inside an array. */
void sleeper__json_object_begin_as(const char *key);
void sleeper__json_object_end_as(void);
void sleeper__json_array_begin_as(const char *key);
void sleeper__json_array_end_as(void);
void sleeper__json_null_as(const char *key);
void sleeper__json_bool_as(const char *key, bool value);
void sleeper__json_int_as(const char *key, int64_t value);
void sleeper__json_uint_as(const char *key, uint64_t value);
/* As a string: "0x7f12..." */
void sleeper__json_address_as(const char *key, uintptr_t value);
void sleeper__json_string_as(const char *key, const char *utf8);

/* A string in pieces: begin, any number of text_* calls, end. */
void sleeper__json_string_begin_as(const char *key);
void sleeper__json_string_end_as(void);

/* Text: inside a JSON string it is escaped, outside (json == false) it is written as it is. */
void sleeper__text_char_as(uint32_t code_point); /* surrogates allowed: \ud800 in JSON */
void sleeper__text_ascii_as(const char *nul_terminated);
/* What is not valid UTF-8 becomes U+FFFD. */
void sleeper__text_utf8_as(const char *nul_terminated);
void sleeper__text_int_as(int64_t value);
void sleeper__text_uint_as(uint64_t value);
void sleeper__text_hex_as(uint64_t value, unsigned min_digits); /* no 0x */

/* Bytes of text written since the string was begun: what limits of length are measured with. */
size_t sleeper__text_length_as(void);

/* A mark to go back to: everything written after it is dropped (a value whose printing failed). */
struct sleeper__mark {
  size_t length;
  size_t string_start;
  uint32_t skipped;
  bool first;
  bool in_string;
  bool full; /* something before the mark had been left out already */
};
struct sleeper__mark sleeper__writer_mark_as(void);
void sleeper__writer_rewind_as(struct sleeper__mark mark);

/* An array of the answer itself, "threads" and the like. It is there even when the arena is full: some
 * room is kept for that. Each of its elements is written whole or not at all, which is for
 * element_kept() to see to; when it returns false there is no room for others either, and `message`
 * has become a warning. */
void sleeper__json_section_begin_as(const char *key);
void sleeper__json_section_end_as(void);
bool sleeper__json_element_kept_as(struct sleeper__mark before, const char *message);
/* What is kept free at the end of the arena may be used from here on. */
void sleeper__writer_use_reserve_as(void);

/* Changes with each answer and each rewind: what was written in another epoch may be overwritten. */
uint64_t sleeper__writer_epoch_as(void);
size_t sleeper__writer_length_as(void);
/* Where in the arena the next member of the open object will begin, behind its comma. */
size_t sleeper__json_next_member_as(void);
/* Writes members again that stand at `start` of the arena. */
void sleeper__json_members_repeat_as(size_t start, size_t length);

/* Something in the answer is missing or doubtful: {"where": ..., "message": ...} in `warnings`, which
 * are kept aside and written by sleeper__warnings_write_as(). Both strings must be literals. */
void sleeper__warnings_begin_as(void);
void sleeper__warn_as(const char *where, const char *message, uintptr_t address);
void sleeper__warnings_write_as(const char *key);

#endif
