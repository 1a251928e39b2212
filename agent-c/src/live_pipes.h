/* live_pipes.h: the two pipes between a session and the CLI, and the messages on them.
 *
 * The CLI opens the target's ends through /proc/PID/fd: the request pipe for writing, the answer pipe for
 * reading. All numbers are little-endian:
 *   to the target    {u32 length, u32 id, u32 kind, u32 timeout_ms}, then `length` bytes
 *   to the CLI       {u32 length, u32 id, u32 status, u32 tid}, then `length` bytes
 */
#ifndef SLEEPER_LIVE_PIPES_H
#define SLEEPER_LIVE_PIPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum live_kind {
  LIVE_CALL = 1,   /* the payload is for handle() of live.py */
  LIVE_CANCEL = 2, /* the call with this id */
  LIVE_END = 3,
};

struct live_message {
  uint32_t length;
  uint32_t id;
  uint32_t kind;
  uint32_t timeout_ms;
};

/* Opens both pipes and says so in the control block. Returns 0 or -errno. */
int64_t sleeper__live_pipes_open(void);
/* Closes what is open of them. */
void sleeper__live_pipes_close(void);
/* In the child of a fork: the same, without telling anybody. */
void sleeper__live_pipes_forked(void);
/* Until the first message the other ends are kept open too, so that there is no EOF. */
void sleeper__live_pipes_drop_other_ends(void);

enum live_read {
  LIVE_READ_NOTHING, /* not yet a whole message */
  LIVE_READ_MESSAGE,
  LIVE_READ_OVER, /* the CLI is gone, or talks nonsense */
};

/* Waits at most `milliseconds` (-1: for ever) and takes one message. The payload is memory of its own,
 * for sleeper__live_unmap(), or NULL. */
enum live_read sleeper__live_read(int milliseconds, struct live_message *message, char **payload);

/* Writes a whole message, and waits for the CLI to read it for as long as the session lasts. One thread
 * at a time. */
void sleeper__live_answer(uint32_t id, uint32_t status, int32_t tid, const char *bytes, size_t length);

/* Makes an answer that is being written end. */
void sleeper__live_pipes_over(void);

#endif
