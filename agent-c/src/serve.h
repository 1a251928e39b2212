/* serve.h: one request. */
#ifndef SLEEPER_SERVE_H
#define SLEEPER_SERVE_H

/* Serves the request in sleeper_control. */
void sleeper__serve_as(void);

#endif
