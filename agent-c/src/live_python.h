/* live_python.h: live.py in the target's interpreter. All of it with the GIL, on an evaluator. */
#ifndef SLEEPER_LIVE_PYTHON_H
#define SLEEPER_LIVE_PYTHON_H

#include <stddef.h>
#include <stdint.h>

#include "live_api.h"
#include "live_job.h"

/* What is used of live.py; each a reference. It is in no module list: only these keep it alive. */
struct live_python {
  PyObject *handle;
  PyObject *deadline; /* exception classes */
  PyObject *cancelled;
  PyObject *abandoned;
};

/* Lets live.py answer the job's request. Gives a status, and for LIVE_OK and LIVE_FAILED a text in memory
 * of its own, for sleeper__live_unmap(); *text is NULL when there is no memory for it. */
enum live_status sleeper__live_python_answer(struct live_job *job, char **text, size_t *length);

/* Drops what is kept from one request to the next. */
void sleeper__live_python_forget(void);

/* The methods that live.py is given; a PyMethodDef[], ended by a name of NULL. */
struct live_method {
  const char *name;
  PyObject *(*function)(PyObject *self, PyObject *arguments);
  int flags;
  const char *doc;
};
extern struct live_method sleeper__live_methods[];

#endif
