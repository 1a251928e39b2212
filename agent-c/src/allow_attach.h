/* allow_attach.h: an exception from the restriction of Yama (kernel.yama.ptrace_scope is 1), which lets a
 * process be traced by its own ancestors only. */
#ifndef SLEEPER_ALLOW_ATTACH_H
#define SLEEPER_ALLOW_ATTACH_H

/* Where SLEEPER_ALLOW_ATTACH is 1 in the environment: lets every process trace this one that could without
 * Yama, which is those of the same user. So for its children, too. Runs in the constructor. */
void sleeper__allow_attach_if_wanted(void);

#endif
