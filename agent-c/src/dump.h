/* dump.h: the answer to SLEEPER_REQUEST_DUMP. Its schema is src/model/agentReport.ts. */
#ifndef SLEEPER_DUMP_H
#define SLEEPER_DUMP_H

void sleeper__dump_as(void);

#endif
