/* live_evaluator.h: the thread that serves one request in Python, and the one that interrupts it. */
#ifndef SLEEPER_LIVE_EVALUATOR_H
#define SLEEPER_LIVE_EVALUATOR_H

#include <stdbool.h>

#include "live_job.h"

/* Starts the evaluator of a job, with a reference of its own. False: the system has no more threads. */
bool sleeper__live_evaluate(struct live_job *job);

/* Starts a thread that raises the job's exception, again and again, until it is no longer due. */
void sleeper__live_interrupt(struct live_job *job);

#endif
