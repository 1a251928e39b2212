/* dump.h: the answer to SLEEPER_REQUEST_DUMP. Its schema is src/model/agentReport.ts. */
#ifndef SLEEPER_DUMP_H
#define SLEEPER_DUMP_H

#include "frames.h"

void sleeper__dump_as(void);

/* Writes the member "frames", and "framesTruncated" when there are more than the limit: `frame` is the
 * innermost one if there is any. */
void sleeper__frames_write_as(bool any, struct sleeper__frame *frame);

#endif
