/* sample.h: one sample of the stacks of all threads, into the recording at hand. */
#ifndef SLEEPER_SAMPLE_H
#define SLEEPER_SAMPLE_H

/* Who calls it, and when, is not its business; all other threads must stand still. */
void sleeper__sample_as(void);

#endif
