/* private_structs.h: for the probe program of layout/generate, the headers of CPython that declare what
 * fields.txt names, and by hand the structures that CPython declares in a .c file: only as far as the
 * last field that is needed. layout/verify compares them with the debug information of CPython.
 *
 * SLEEPER_COLUMN is the first release of the column of the table, 0xMMmmpp. */
#define Py_BUILD_CORE 1
#ifdef SLEEPER_AARCH64
/* What differs there from x86-64 in the structures of CPython: glibc's mutex has 48 bytes, not 40. */
#include <pthread.h>
typedef struct {
  long words[6];
} aarch64_mutex;
#define pthread_mutex_t aarch64_mutex
#endif
#include <Python.h>
#include <datetime.h>
#include <frameobject.h>
#include <opcode.h>
#include <pythread.h>
#include <stddef.h>
#include <structmember.h>

#if PY_VERSION_HEX < 0x030b0000
#include <code.h>
#include <longintrepr.h>
#endif
#if PY_VERSION_HEX >= 0x03070000 && PY_VERSION_HEX < 0x03080000
#include <internal/ceval.h>
#include <internal/mem.h>
#include <internal/pystate.h>
#endif
#if PY_VERSION_HEX >= 0x03080000
#include <internal/pycore_gil.h>
#include <internal/pycore_pystate.h>
#endif
#if PY_VERSION_HEX >= 0x03090000
#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_runtime.h>
#endif
#if PY_VERSION_HEX >= 0x030a0000
#include <internal/pycore_moduleobject.h>
#endif
#if PY_VERSION_HEX >= 0x030b0000
#include <internal/pycore_dict.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_object.h>
#endif
#if PY_VERSION_HEX >= 0x030d0000
#include <internal/pycore_ceval.h>
#include <internal/pycore_lock.h>
#include <internal/pycore_tstate.h>
#endif
#if PY_VERSION_HEX >= 0x030e0000
#include <internal/pycore_genobject.h>
#include <internal/pycore_llist.h>
#include <internal/pycore_stackref.h>
#endif

/* 2.7: Objects/rangeobject.c, xrange. 3.6-3.15: Objects/rangeobject.c, range. */
typedef struct {
  PyObject_HEAD
#if PY_VERSION_HEX < 0x03000000
  long start, step, len;
#else
  PyObject *start, *stop, *step;
#endif
} rangeobject;

/* 2.7: Objects/moduleobject.c. 3.6-3.9: the same; later in pycore_moduleobject.h. */
#if PY_VERSION_HEX < 0x030a0000
typedef struct {
  PyObject_HEAD
  PyObject *md_dict;
} PyModuleObject;
#endif

/* 3.6-3.10: Objects/dict-common.h; later in pycore_dict.h. (2.7: PyDictEntry of dictobject.h.) */
#if PY_VERSION_HEX >= 0x03000000 && PY_VERSION_HEX < 0x030b0000
typedef struct {
  Py_hash_t me_hash;
  PyObject *me_key;
  PyObject *me_value;
} PyDictKeyEntry;

struct _dictkeysobject {
  Py_ssize_t dk_refcnt;
  Py_ssize_t dk_size;
  void *dk_lookup; /* a pointer to a function */
  Py_ssize_t dk_usable;
  Py_ssize_t dk_nentries;
  char dk_indices[];
};
#endif

/* 2.7: Modules/_collectionsmodule.c, the length of a block is 62 there.
 * 3.6-3.15: Modules/_collectionsmodule.c, 64. */
#if PY_VERSION_HEX < 0x03000000
typedef struct BLOCK {
  PyObject *data[62];
  struct BLOCK *rightlink;
  struct BLOCK *leftlink;
} block;

typedef struct {
  PyObject_HEAD
  block *leftblock;
  block *rightblock;
  Py_ssize_t leftindex;
  Py_ssize_t rightindex;
  Py_ssize_t len;
  long state;
  Py_ssize_t maxlen;
} dequeobject;
#else
typedef struct BLOCK {
  struct BLOCK *leftlink;
  PyObject *data[64];
  struct BLOCK *rightlink;
} block;

typedef struct {
  PyObject_VAR_HEAD
  block *leftblock;
  block *rightblock;
  Py_ssize_t leftindex;
  Py_ssize_t rightindex;
  size_t state;
  Py_ssize_t maxlen;
} dequeobject;
#endif

/* Modules/_collectionsmodule.c, in all versions. */
typedef struct {
  PyDictObject dict;
  PyObject *default_factory;
} defdictobject;

/* 3.6-3.15: Objects/odictobject.c */
#if PY_VERSION_HEX >= 0x03000000
typedef struct _odictnode {
  PyObject *key;
  Py_hash_t hash;
  struct _odictnode *next;
  struct _odictnode *prev;
} _ODictNode;

struct _odictobject {
  PyDictObject od_dict;
  _ODictNode *od_first;
  _ODictNode *od_last;
};
#endif

/* 2.7: Modules/threadmodule.c. 3.6-3.13.0, 3.13.1-3.15: Modules/_threadmodule.c. */
typedef struct {
  PyObject_HEAD
#if SLEEPER_COLUMN < 0x030d01
  PyThread_type_lock lock_lock;
  PyObject *in_weakreflist;
#if PY_VERSION_HEX >= 0x03000000
  char locked;
#endif
#else
  PyMutex lock;
#endif
} lockobject;

/* 3.6-3.13, 3.14-3.15: Modules/_threadmodule.c. (2.7's RLock is written in Python.) */
#if PY_VERSION_HEX >= 0x03000000
typedef struct {
  PyObject_HEAD
#if PY_VERSION_HEX < 0x030e0000
  PyThread_type_lock rlock_lock;
  unsigned long rlock_owner; /* 3.13: PyThread_ident_t, as long */
  unsigned long rlock_count;
#else
  _PyRecursiveMutex lock;
#endif
} rlockobject;
#endif

/* Modules/_multiprocessing/semaphore.c, in all versions (2.7: multiprocessing.h); a SEM_HANDLE is a sem_t *. */
typedef struct {
  PyObject_HEAD
  void *handle;
  unsigned long last_tid; /* 3.13: PyThread_ident_t, as long; 2.7: long */
  int count;
  int maxvalue;
} SemLockObject;

/* 3.7-3.12, 3.13-3.15: Modules/_queuemodule.c */
#if PY_VERSION_HEX >= 0x030d0000
typedef struct {
  Py_ssize_t put_idx;
  Py_ssize_t get_idx;
  PyObject **items;
  Py_ssize_t items_cap;
  Py_ssize_t num_items;
} RingBuf;

typedef struct {
  PyObject_HEAD
  _Bool has_threads_waiting;
  RingBuf buf;
} simplequeueobject;
#elif PY_VERSION_HEX >= 0x03070000
typedef struct {
  PyObject_HEAD
  PyThread_type_lock lock;
  int locked;
  PyObject *lst;
  Py_ssize_t lst_pos;
} simplequeueobject;
#endif

#if PY_VERSION_HEX >= 0x03000000
/* 3.6-3.15: Modules/_asynciomodule.c. The bit fields between the two parts of a task have room in one int. */
typedef enum { STATE_PENDING, STATE_CANCELLED, STATE_FINISHED } fut_state;

#if PY_VERSION_HEX < 0x03070000
#define FUTURE_CALLBACKS(prefix) PyObject *prefix##_callbacks;
#else
#define FUTURE_CALLBACKS(prefix) PyObject *prefix##_callback0, *prefix##_context0, *prefix##_callbacks;
#endif
#if PY_VERSION_HEX < 0x030a0000
#define FUTURE_OUTCOME(prefix) PyObject *prefix##_exception, *prefix##_result, *prefix##_source_tb;
#else
#define FUTURE_OUTCOME(prefix) \
  PyObject *prefix##_exception, *prefix##_exception_tb, *prefix##_result, *prefix##_source_tb;
#endif
#if PY_VERSION_HEX < 0x03090000
#define FUTURE_END(prefix) \
  fut_state prefix##_state; \
  int prefix##_log_tb, prefix##_blocking; \
  PyObject *dict, *prefix##_weakreflist;
#elif PY_VERSION_HEX < 0x030b0000
#define FUTURE_END(prefix) \
  PyObject *prefix##_cancel_msg; \
  fut_state prefix##_state; \
  int prefix##_log_tb, prefix##_blocking; \
  PyObject *dict, *prefix##_weakreflist; \
  _PyErr_StackItem prefix##_cancelled_exc_state;
#elif PY_VERSION_HEX < 0x030d0000
#define FUTURE_END(prefix) \
  PyObject *prefix##_cancel_msg; \
  fut_state prefix##_state; \
  int prefix##_log_tb, prefix##_blocking; \
  PyObject *dict, *prefix##_weakreflist, *prefix##_cancelled_exc;
#elif PY_VERSION_HEX < 0x030e0000
#define FUTURE_END(prefix) \
  PyObject *prefix##_cancel_msg, *prefix##_cancelled_exc; \
  fut_state prefix##_state; \
  unsigned prefix##_log_tb : 1, prefix##_blocking : 1;
#else
#define FUTURE_END(prefix) \
  PyObject *prefix##_cancel_msg, *prefix##_cancelled_exc, *prefix##_awaited_by; \
  fut_state prefix##_state; \
  char prefix##_is_task, prefix##_awaited_by_is_set; \
  unsigned prefix##_log_tb : 1, prefix##_blocking : 1;
#endif
#define FutureObj_HEAD(prefix) \
  PyObject_HEAD PyObject *prefix##_loop; \
  FUTURE_CALLBACKS(prefix) \
  FUTURE_OUTCOME(prefix) \
  FUTURE_END(prefix)

typedef struct {
  FutureObj_HEAD(fut)
} FutureObj;

typedef struct TaskObj {
  FutureObj_HEAD(task)
#if PY_VERSION_HEX >= 0x030d0000
  unsigned task_must_cancel : 1, task_log_destroy_pending : 1;
  int task_num_cancels_requested;
#endif
  PyObject *task_fut_waiter;
  PyObject *task_coro;
#if PY_VERSION_HEX >= 0x03080000
  PyObject *task_name;
#endif
#if PY_VERSION_HEX >= 0x03070000
  PyObject *task_context;
#endif
#if PY_VERSION_HEX < 0x030d0000
  int task_must_cancel;
  int task_log_destroy_pending;
#if PY_VERSION_HEX >= 0x030b0000
  int task_num_cancels_requested;
#endif
#elif PY_VERSION_HEX >= 0x030e0000
  struct llist_node task_node;
#endif
} TaskObj;

/* 3.6-3.15: Modules/_asynciomodule.c: what `await` makes of a future. */
typedef struct {
  PyObject_HEAD
  FutureObj *future;
} futureiterobject;

/* 3.7-3.11: Modules/_asynciomodule.c: in the dict of a thread that runs a loop; later the loop itself. */
typedef struct {
  PyObject_HEAD
  PyObject *rl_loop;
} PyRunningLoopHolder;

/* 3.6-3.15: Objects/genobject.c */
typedef struct {
  PyObject_HEAD
  PyCoroObject *cw_coroutine;
} PyCoroWrapper;

typedef struct {
  PyObject_HEAD
  PyAsyncGenObject *ags_gen;
} PyAsyncGenASend;

typedef struct {
  PyObject_HEAD
  PyAsyncGenObject *agt_gen;
} PyAsyncGenAThrow;

/* 3.10-3.15: Objects/iterobject.c */
typedef struct {
  PyObject_HEAD
  PyObject *wrapped;
} anextawaitableobject;

/* 3.6-3.11: Modules/_functoolsmodule.c */
typedef struct {
  PyObject_HEAD
  PyObject *fn;
  PyObject *args;
} partialobject;
#endif

/* 2.7-3.6: Modules/gcmodule.c; later in the internal headers. */
#if PY_VERSION_HEX < 0x03070000
#define NUM_GENERATIONS 3
struct gc_generation {
  PyGC_Head head;
  int threshold;
  int count;
};
#endif

#if PY_VERSION_HEX >= 0x03070000 && PY_VERSION_HEX < 0x03080000
#include <internal/gil.h>
#endif
