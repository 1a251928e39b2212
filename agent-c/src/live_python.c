#include "live_python.h"

#include "live.h"

#define FILE_INPUT 257 /* Py_file_input */

/* live.py, ended by a NUL; live_source.S */
extern const char sleeper__live_source[] __attribute__((visibility("hidden")));

static struct live_python kept;

static const struct sleeper__live_api *const api = &sleeper__live_api;

static PyObject *bytes_from(const char *bytes, size_t length) {
  return api->PyBytes_FromStringAndSize != NULL ? api->PyBytes_FromStringAndSize(bytes, (Py_ssize_t)length)
                                                : api->PyString_FromStringAndSize(bytes, (Py_ssize_t)length);
}

/* NULL when it is no byte string. */
static const char *bytes_of(PyObject *object, size_t *length) {
  char *data = NULL;
  Py_ssize_t size = 0;
  int failed = api->PyBytes_AsStringAndSize != NULL ? api->PyBytes_AsStringAndSize(object, &data, &size)
                                                    : api->PyString_AsStringAndSize(object, &data, &size);
  *length = (size_t)size;
  return failed ? NULL : data;
}

static char *copy_of(const char *bytes, size_t length) {
  if (bytes == NULL || length == 0) return NULL;
  char *copy = sleeper__live_map(length);
  if (copy != NULL) __builtin_memcpy(copy, bytes, length);
  return copy;
}

static PyObject *reference(PyObject *object) {
  if (object != NULL) api->Py_IncRef(object);
  return object;
}

static void drop(PyObject *object) {
  if (object != NULL) api->Py_DecRef(object);
}

static bool set(PyObject *dict, const char *name, PyObject *stolen) {
  bool done = stolen != NULL && api->PyDict_SetItemString(dict, name, stolen) == 0;
  drop(stolen);
  return done;
}

/* The names that live.py finds, and no others: no import of ours, no entry in sys.modules. */
static bool provide(PyObject *globals) {
  PyObject *modules = api->PyImport_GetModuleDict();
  bool done = set(globals, "__builtins__", reference(api->PyEval_GetBuiltins())) &&
              set(globals, "sys", reference(api->PyDict_GetItemString(modules, "sys")));
  for (struct live_method *method = sleeper__live_methods; done && method->name != NULL; method++)
    done = set(globals, method->name, api->PyCFunction_NewEx(method, NULL, NULL));
  return done;
}

static void load(void) {
  PyObject *globals = api->PyDict_New();
  PyObject *code = globals != NULL && provide(globals)
                       ? api->Py_CompileString(sleeper__live_source, "<sleeper>", FILE_INPUT)
                       : NULL;
  PyObject *result = code == NULL ? NULL : api->PyEval_EvalCode(code, globals, globals);
  if (result != NULL) {
    kept.deadline = reference(api->PyDict_GetItemString(globals, "Deadline"));
    kept.cancelled = reference(api->PyDict_GetItemString(globals, "Cancelled"));
    kept.abandoned = reference(api->PyDict_GetItemString(globals, "Abandoned"));
    kept.handle = reference(api->PyDict_GetItemString(globals, "handle"));
  }
  drop(result);
  drop(code);
  drop(globals);
}

void sleeper__live_python_forget(void) {
  struct live_python old = kept;
  kept = (struct live_python){NULL, NULL, NULL, NULL};
  drop(old.handle);
  drop(old.deadline);
  drop(old.cancelled);
  drop(old.abandoned);
}

/* The exception that is set, as text; clears it. */
static enum live_status failed(char **text, size_t *length) {
  static const char unknown[] = "live.py failed";
  PyObject *type = NULL, *value = NULL, *traceback = NULL;
  api->PyErr_Fetch(&type, &value, &traceback);
  PyObject *printed = value != NULL ? api->PyObject_Repr(value) : NULL;
  if (printed != NULL && api->PyUnicode_AsUTF8 != NULL) {
    const char *utf8 = api->PyUnicode_AsUTF8(printed);
    for (*length = 0; utf8 != NULL && utf8[*length] != 0;) (*length)++;
    *text = copy_of(utf8, *length);
  } else if (printed != NULL) {
    const char *bytes = bytes_of(printed, length);
    *text = copy_of(bytes, *length);
  }
  if (*text == NULL) *text = copy_of(unknown, *length = sizeof unknown - 1);
  drop(printed);
  drop(type);
  drop(value);
  drop(traceback);
  api->PyErr_Clear();
  return LIVE_FAILED;
}

static PyObject *arguments_for(const struct live_job *job) {
  PyObject *arguments = api->PyTuple_New(3);
  if (arguments == NULL) return NULL;
  api->PyTuple_SetItem(arguments, 0, bytes_from(job->payload, job->length));
  api->PyTuple_SetItem(arguments, 1, api->PyLong_FromUnsignedLongLong(job->ident));
  api->PyTuple_SetItem(arguments, 2, api->PyLong_FromLongLong(job->stuck));
  return arguments;
}

static enum live_status answer(struct live_job *job, char **text, size_t *length) {
  PyObject *arguments = arguments_for(job);
  PyObject *result = arguments == NULL ? NULL : api->PyObject_Call(job->python->handle, arguments, NULL);
  drop(arguments);
  if (result == NULL) {
    const struct live_python *python = job->python;
    enum live_status status = LIVE_OK;
    if (api->PyErr_ExceptionMatches(python->cancelled) || api->PyErr_ExceptionMatches(python->abandoned))
      status = LIVE_CANCELLED;
    else if (api->PyErr_ExceptionMatches(python->deadline))
      status = LIVE_DEADLINE;
    if (status == LIVE_OK) return failed(text, length);
    api->PyErr_Clear();
    return status;
  }
  const char *bytes = bytes_of(result, length);
  *text = copy_of(bytes, *length);
  drop(result);
  return LIVE_OK;
}

enum live_status sleeper__live_python_answer(struct live_job *job, char **text, size_t *length) {
  *text = NULL;
  *length = 0;
  if (kept.handle == NULL) load();
  if (kept.handle == NULL) return failed(text, length);
  /* References of its own: the session may end while this evaluator is stuck. */
  struct live_python own = {reference(kept.handle), reference(kept.deadline), reference(kept.cancelled),
                            reference(kept.abandoned)};
  job->python = &own;
  enum live_status status = answer(job, text, length);
  job->python = NULL;
  drop(own.handle);
  drop(own.deadline);
  drop(own.cancelled);
  drop(own.abandoned);
  return status;
}
