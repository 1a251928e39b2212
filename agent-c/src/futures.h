/* futures.h: who waits for which Futures of concurrent.futures, and who works on one. */
#ifndef SLEEPER_FUTURES_H
#define SLEEPER_FUTURES_H

#include "frames.h"

/* Writes, of a frame of wait() or as_completed(), the member
 *
 *   "awaits": {"futures": ["0x7f.."],  where all are waited for, those of them that are not done
 *              "all": true,            false: one of them may be enough
 *              "futuresTruncated": {"shown": 1024, "total": 5000}}
 */
void sleeper__awaited_futures_write_as(const struct sleeper__frame *frame, bool as_completed);

/* Writes, of the frame in which a worker of a pool of threads does a piece of work, the member
 *
 *   "future": "0x7f.."   what it will set; none when it is done, and its callbacks are called
 */
void sleeper__future_at_work_write_as(const struct sleeper__frame *frame);

#endif
