/* live_guard.c: the functions in C that live.py is given. */
#include "layout.h"
#include "live.h"
#include "live_api.h"
#include "live_job.h"
#include "live_python.h"

#define METH_VARARGS 1
#define METH_NOARGS 4

static const struct sleeper__live_api *const api = &sleeper__live_api;

/* Why the callable must not be begun or its result not be used; NULL. */
static PyObject *reason_to_end(const struct live_job *job) {
  if (__atomic_load_n(&job->owner, __ATOMIC_ACQUIRE) == LIVE_ABANDONED) return job->python->abandoned;
  if (__atomic_load_n(&job->cancelled, __ATOMIC_ACQUIRE)) return job->python->cancelled;
  if (sleeper__live_now() >= job->deadline) return job->python->deadline;
  return NULL;
}

static PyObject *call(struct live_job *job, int64_t until, PyObject *callable, PyObject *arguments) {
  int64_t outer = job->armed;
  if (outer != 0 && outer < until) until = outer;
  __atomic_store_n(&job->armed, until, __ATOMIC_RELEASE);
  PyObject *result = api->PyObject_Call(callable, arguments, NULL);
  /* From here to the return no bytecode runs and the GIL is ours: what was raised too late is taken back,
   * and nothing is raised any more but for an outer guard. */
  __atomic_store_n(&job->armed, outer, __ATOMIC_RELEASE);
  api->PyThreadState_SetAsyncExc((unsigned long)job->ident, NULL);
  __atomic_store_n(&job->overdue, 0, __ATOMIC_RELEASE);
  __atomic_store_n(&job->rounds, 0, __ATOMIC_RELEASE);
  return result;
}

/* guard(milliseconds, callable, *arguments): calls, and raises Deadline, Cancelled or Abandoned in it and
 * nowhere else when its time is over. */
static PyObject *guard(PyObject *self, PyObject *arguments) {
  (void)self;
  Py_ssize_t count = api->PyTuple_Size(arguments);
  PyObject *callable = api->PyTuple_GetItem(arguments, 1);
  if (callable == NULL) return NULL;
  long long milliseconds = api->PyLong_AsLongLong(api->PyTuple_GetItem(arguments, 0));
  PyObject *rest = api->PyTuple_GetSlice(arguments, 2, count);
  if (rest == NULL) return NULL;
  struct live_job *job = sleeper__live_job_of(api->pthread_self());
  PyObject *reason = job == NULL || job->python == NULL ? NULL : reason_to_end(job);
  PyObject *result = NULL;
  if (job == NULL || job->python == NULL)
    result = api->PyObject_Call(callable, rest, NULL); /* not on an evaluator: nobody would end it */
  else if (reason == NULL)
    result = call(job, sleeper__live_now() + milliseconds * LIVE_MILLISECOND, callable, rest);
  api->Py_DecRef(rest);
  if (reason == NULL && job != NULL && __atomic_load_n(&job->owner, __ATOMIC_ACQUIRE) == LIVE_ABANDONED) {
    if (result != NULL) api->Py_DecRef(result);
    result = NULL;
    reason = job->python->abandoned;
  }
  if (reason != NULL) api->PyErr_SetNone(reason);
  return result;
}

/* clock(): milliseconds that never go back. live.py imports nothing. */
static PyObject *clock_ms(PyObject *self, PyObject *unused) {
  (void)self;
  (void)unused;
  return api->PyLong_FromLongLong(sleeper__live_now() / LIVE_MILLISECOND);
}

/* write_back(frame, changed, deleted): gives variables of a function's frame other values. Up to 3.12 all of
 * its variables are written, and its thread may have changed others since they were read: so they are read
 * again, and no bytecode runs in between. From 3.13 on frame.f_locals is the variables themselves. */
static PyObject *write_back(PyObject *self, PyObject *arguments) {
  (void)self;
  PyObject *frame = api->PyTuple_GetItem(arguments, 0);
  PyObject *changed = api->PyTuple_GetItem(arguments, 1), *deleted = api->PyTuple_GetItem(arguments, 2);
  if (deleted == NULL) return NULL;
  PyObject *variables = api->PyObject_GetAttrString(frame, "f_locals");
  if (variables == NULL) return NULL;
  bool failed = false;
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (!failed && api->PyDict_Next(changed, &position, &key, &value))
    failed = api->PyObject_SetItem(variables, key, value) != 0;
  for (Py_ssize_t i = 0; !failed && i < api->PyList_Size(deleted); i++)
    failed = api->PyObject_DelItem(variables, api->PyList_GetItem(deleted, i)) != 0;
  if (!failed && !SINCE(3, 13) && api->PyFrame_LocalsToFast != NULL) api->PyFrame_LocalsToFast(frame, 1);
  api->Py_DecRef(variables);
  return failed ? NULL : api->PyLong_FromLongLong(0);
}

/* other_interpreters(): 1 if there are any beside the main one, else 0. New ones are put at the head of the
 * list, so that nothing of another interpreter, which may be ending, is read. */
static PyObject *other_interpreters(PyObject *self, PyObject *arguments) {
  (void)self;
  (void)arguments;
  bool alone = api->PyInterpreterState_Main == NULL ||
               api->PyInterpreterState_Head() == api->PyInterpreterState_Main();
  return api->PyLong_FromLongLong(alone ? 0 : 1);
}

struct live_method sleeper__live_methods[] = {
    {"guard", guard, METH_VARARGS, NULL},
    {"other_interpreters", other_interpreters, METH_NOARGS, NULL},
    {"clock", clock_ms, METH_NOARGS, NULL},
    {"write_back", write_back, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
