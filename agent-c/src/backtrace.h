/* backtrace.h: the answer to SLEEPER_REQUEST_BT, for a person at a gdb prompt. */
#ifndef SLEEPER_BACKTRACE_H
#define SLEEPER_BACKTRACE_H

void sleeper__backtrace_as(void);

#endif
