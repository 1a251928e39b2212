#include "allow_attach.h"

#include <asm/unistd.h>
#include <dlfcn.h>
#include <linux/prctl.h>
#include <stdbool.h>
#include <stddef.h>

#include "syscall.h"

extern void *dlsym(void *restrict handle, const char *restrict name) __attribute__((weak));

static void allow(void) {
  /* Without Yama this is EINVAL, and nothing is to be allowed. */
  sleeper__syscall3_as(__NR_prctl, PR_SET_PTRACER, (long)PR_SET_PTRACER_ANY, 0);
}

static bool is_wanted(void) {
  union {
    void *object;
    const char *(*function)(const char *name);
  } getenv = {dlsym(RTLD_DEFAULT, "getenv")};
  const char *value = getenv.object == NULL ? NULL : getenv.function("SLEEPER_ALLOW_ATTACH");
  return value != NULL && value[0] == '1' && value[1] == 0;
}

/* The kernel keeps the exception for the one process (security/yama/yama_lsm.c); it survives execve. glibc
 * has the first of these functions, musl the second. */
static void allow_in_children(void) {
  union {
    void *object;
    int (*function)(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *library);
  } with_library = {dlsym(RTLD_DEFAULT, "__register_atfork")};
  union {
    void *object;
    int (*function)(void (*prepare)(void), void (*parent)(void), void (*child)(void));
  } plain = {dlsym(RTLD_DEFAULT, "pthread_atfork")};
  if (with_library.object != NULL)
    with_library.function(NULL, NULL, allow, NULL);
  else if (plain.object != NULL)
    plain.function(NULL, NULL, allow);
}

void sleeper__allow_attach_if_wanted(void) {
  if (!is_wanted()) return;
  allow();
  allow_in_children();
}
