/* live_api.h: the functions of libc and of CPython that the live tier calls, found by name when a session
 * starts: the library itself is linked to neither. */
#ifndef SLEEPER_LIVE_API_H
#define SLEEPER_LIVE_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct live_object PyObject; /* never looked into */
typedef ptrdiff_t Py_ssize_t;

/* Without these there is no session. result, name, (parameters) */
#define LIVE_REQUIRED(X)                                                                                     \
  X(int, pthread_create, (void *thread, const void *attributes, void *(*routine)(void *), void *argument))   \
  X(int, pthread_attr_init, (void *attributes))                                                              \
  X(int, pthread_attr_destroy, (void *attributes))                                                           \
  X(int, pthread_attr_setstacksize, (void *attributes, size_t bytes))                                        \
  X(int, pthread_attr_setdetachstate, (void *attributes, int state))                                         \
  X(uintptr_t, pthread_self, (void))                                                                         \
  X(int *, __errno_location, (void))                                                                         \
  X(int, Py_IsInitialized, (void))                                                                           \
  X(int, PyGILState_Ensure, (void))                                                                          \
  X(void, PyGILState_Release, (int state))                                                                   \
  X(void *, PyInterpreterState_Head, (void))                                                                 \
  X(void *, PyInterpreterState_Next, (void *interpreter))                                                    \
  X(void *, PyThreadState_New, (void *interpreter))                                                          \
  X(void, PyThreadState_Clear, (void *state))                                                                \
  X(void, PyThreadState_DeleteCurrent, (void))                                                               \
  X(void, PyEval_RestoreThread, (void *state))                                                               \
  X(void *, PyGILState_GetThisThreadState, (void))                                                           \
  X(int, PyThreadState_SetAsyncExc, (unsigned long ident, PyObject *exception))                              \
  X(int, Py_GetRecursionLimit, (void))                                                                       \
  X(PyObject *, Py_CompileString, (const char *source, const char *file, int start))                         \
  X(PyObject *, PyEval_EvalCode, (PyObject * code, PyObject * globals, PyObject * locals))                   \
  X(PyObject *, PyEval_GetBuiltins, (void))                                                                  \
  X(PyObject *, PyImport_GetModuleDict, (void))                                                              \
  X(PyObject *, PyDict_New, (void))                                                                          \
  X(int, PyDict_SetItemString, (PyObject * dict, const char *key, PyObject *value))                          \
  X(PyObject *, PyDict_GetItemString, (PyObject * dict, const char *key))                                    \
  X(PyObject *, PyCFunction_NewEx, (void *definition, PyObject *self, PyObject *module))                     \
  X(PyObject *, PyObject_Call, (PyObject * callable, PyObject * arguments, PyObject * keywords))             \
  X(PyObject *, PyTuple_New, (Py_ssize_t size))                                                              \
  X(int, PyTuple_SetItem, (PyObject * tuple, Py_ssize_t index, PyObject * stolen))                           \
  X(PyObject *, PyTuple_GetItem, (PyObject * tuple, Py_ssize_t index))                                       \
  X(PyObject *, PyTuple_GetSlice, (PyObject * tuple, Py_ssize_t low, Py_ssize_t high))                       \
  X(Py_ssize_t, PyTuple_Size, (PyObject * tuple))                                                            \
  X(PyObject *, PyLong_FromLongLong, (long long value))                                                      \
  X(PyObject *, PyLong_FromUnsignedLongLong, (unsigned long long value))                                     \
  X(long long, PyLong_AsLongLong, (PyObject * value))                                                        \
  X(PyObject *, PyObject_GetAttrString, (PyObject * object, const char *name))                               \
  X(int, PyObject_SetItem, (PyObject * object, PyObject * key, PyObject * value))                            \
  X(int, PyObject_DelItem, (PyObject * object, PyObject * key))                                              \
  X(int, PyDict_Next, (PyObject * dict, Py_ssize_t * position, PyObject * *key, PyObject * *value))          \
  X(Py_ssize_t, PyList_Size, (PyObject * list))                                                              \
  X(PyObject *, PyList_GetItem, (PyObject * list, Py_ssize_t index))                                         \
  X(PyObject *, PyObject_Repr, (PyObject * value))                                                           \
  X(PyObject *, PyErr_Occurred, (void))                                                                      \
  X(int, PyErr_ExceptionMatches, (PyObject * exception))                                                     \
  X(void, PyErr_SetNone, (PyObject * exception))                                                             \
  X(void, PyErr_Fetch, (PyObject * *type, PyObject * *value, PyObject * *traceback))                         \
  X(void, PyErr_Clear, (void))                                                                               \
  X(void, Py_IncRef, (PyObject * object))                                                                    \
  X(void, Py_DecRef, (PyObject * object))

/* Not everywhere: NULL where there is none. */
#define LIVE_OPTIONAL(X)                                                                                     \
  X(int, __register_atfork,                                                                                  \
    (void (*prepare)(void), void (*parent)(void), void (*child)(void), void *library))       /* glibc */     \
  X(int, pthread_atfork, (void (*prepare)(void), void (*parent)(void), void (*child)(void))) /* musl */      \
  X(PyObject *, PyBytes_FromStringAndSize, (const char *bytes, Py_ssize_t size))             /* 3.x */       \
  X(int, PyBytes_AsStringAndSize, (PyObject * bytes, char **data, Py_ssize_t *size))         /* 3.x */       \
  X(PyObject *, PyString_FromStringAndSize, (const char *bytes, Py_ssize_t size))            /* 2.7 */       \
  X(int, PyString_AsStringAndSize, (PyObject * bytes, char **data, Py_ssize_t *size))        /* 2.7 */       \
  X(const char *, PyUnicode_AsUTF8, (PyObject * text))                                       /* 3.x */       \
  X(void, PyFrame_LocalsToFast, (PyObject * frame, int clear)) /* does nothing from 3.13 on */               \
  X(int, _Py_IsFinalizing, (void))                             /* 3.7 to 3.12 */                             \
  X(int, Py_IsFinalizing, (void))                              /* 3.13+ */                                   \
  X(void *, PyInterpreterState_Main, (void))                   /* 3.7+ */                                    \
  /* 2.7 and 3.6: */                                                                                         \
  X(int, PyEval_ThreadsInitialized, (void))                                                                  \
  X(void, PyEval_InitThreads, (void))                                                                        \
  X(void *, PyEval_SaveThread, (void))                                                                       \
  X(void *, PyThreadState_Swap, (void *state))                                                               \
  X(int, Py_AddPendingCall, (int (*function)(void *), void *argument))

struct sleeper__live_api {
#define X(result, name, parameters) result(*name) parameters;
  LIVE_REQUIRED(X)
  LIVE_OPTIONAL(X)
#undef X
  /* Variables: their addresses, or 0. */
  uintptr_t _Py_Ticker;     /* 2.7 */
  uintptr_t _Py_Finalizing; /* 3.6 */
};

extern struct sleeper__live_api sleeper__live_api;

/* Finds them; the first required one that is missing is named in *missing. */
bool sleeper__live_api_find(const char **missing);

#endif
