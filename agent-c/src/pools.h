/* pools.h: the pools of threads of concurrent.futures and multiprocessing.pool, and those of processes of
 * Celery, by the frames of their threads. */
#ifndef SLEEPER_POOLS_H
#define SLEEPER_POOLS_H

#include "frames.h"

/* Writes, of a frame that is one of a pool's own threads, the member
 *
 *   "pool": {"queue": "0x7f..",  where the work comes from: the same in all threads of a pool
 *            "most": 4|null,     threads that the pool may have; null: this frame does not tell
 *            "work": ["0x7f..", 3],  what is yet to be done: the Futures of concurrent.futures, and if they
 *                                are tasks of Celery, also their ids; the numbers of the jobs of
 *                                multiprocessing.pool. Only in the first frame with this queue
 *            "workTruncated": {"shown": 4096, "total": 5000}}
 *
 * and of a frame that waits for the result of multiprocessing.pool
 *
 *   "job": 3                     its number
 *
 * or for that of a task of Celery
 *
 *   "job": "0f2b.."              its id, or null
 */
void sleeper__pool_write_as(const struct sleeper__frame *frame);

#endif
