/* sleeper.h: the whole public contract of libsleeper.so.
 *
 * The library sleeps. Its constructor looks for CPython in the process, maps its arena and fills in
 * the control block; it starts no thread, opens no file and prints nothing. In a process that is not
 * Python, or not yet, it returns at once.
 *
 * A debugger wakes it. With the whole process stopped it
 *   1. writes the request into `sleeper_control` (through /proc/PID/mem, or with `set var`),
 *   2. tells the agent, in `resume_pc`, `resume_ax` and `resume_syscall`, where one thread is ($rip, $rax,
 *      $orig_rax), and keeps its $rsp,
 *   3. sets $rip = entry, and $orig_rax = -1, so that the kernel does not restart the interrupted system
 *      call on top of it,
 *   4. lets only that thread run, until it stops by SIGURG at `done`; the signal is not passed on. Its own
 *      signals are blocked from the first instructions on until there,
 *   5. sets $rip = landing, then restores the other registers, $orig_rax, and $rip last,
 *      unless `resumed` says that the thread has gone back by itself. At `done` all but $rax, $rcx, $rdx,
 *      $rdi, $rsi, $r10, $r11, $orig_rax and $rip are restored already. The stub has pushed them all at
 *      `stack_top`.
 * A call that faults or takes too long is ended by step 4 once more, from `end`.
 * The vector state, errno and the thread's own stack are not touched. The answer lies in the arena and
 * stays there until the next request.
 *
 * Whenever the debugger dies on the way, the thread goes on by itself: it finishes the call, finds that
 * nobody stops it at `done`, and returns to what it was interrupted in. In the middle of step 5 it goes
 * on at `landing`, with the same end.
 *
 * On aarch64, where no such return is possible without losing a register, the call ends in a breakpoint
 * instruction at `done` instead (SIGTRAP), and step 3 sets $sp = stack_top too.
 */
#ifndef SLEEPER_H
#define SLEEPER_H

#include <stdint.h>

#define SLEEPER_VERSION "0.1.0"

/* Changes with every incompatible change of struct sleeper_control. */
#define SLEEPER_ABI 4u

#define SLEEPER_MAGIC "sleeper" /* 7 letters and the NUL: 8 bytes */

enum sleeper_state {
  SLEEPER_NOT_PYTHON = 0,  /* no CPython was found when the library was loaded; see sleeper_look_again */
  SLEEPER_READY = 1,       /* requests are served */
  SLEEPER_UNSUPPORTED = 2, /* CPython, but see `reason` */
};

enum sleeper_request_kind {
  SLEEPER_REQUEST_NONE = 0,
  SLEEPER_REQUEST_DUMP = 1,   /* the whole process as one JSON document */
  SLEEPER_REQUEST_BT = 2,     /* the stacks as text, for a person at a gdb prompt */
  SLEEPER_REQUEST_FAULT = 3,  /* dereferences a null pointer: for the tests of the recovery */
  SLEEPER_REQUEST_SAMPLE = 4, /* appends a sample to the recording `recording_id`, or begins that one */
  SLEEPER_REQUEST_END_RECORDING = 5, /* unmaps the recording `recording_id`, if it is the one there */
};

enum sleeper_request_flags {
  SLEEPER_LOCALS = 1u << 0,  /* arguments, locals, cells and free variables of every frame */
  SLEEPER_GLOBALS = 1u << 1, /* the module globals of every frame's module, once a module */
};

enum sleeper_status {
  SLEEPER_STATUS_IDLE = 0,
  SLEEPER_STATUS_RUNNING = 1, /* was still writing when it was interrupted: `length` bytes stand */
  SLEEPER_STATUS_DONE = 2,
  SLEEPER_STATUS_REFUSED = 3, /* see `reason` */
};

/* Limits of one request. 0 means the agent's default, which the answer then names. */
struct sleeper_limits {
  uint32_t max_threads;   /* Python threads described */
  uint32_t max_frames;    /* frames of one thread */
  uint32_t max_depth;     /* nesting of a printed value */
  uint32_t max_items;     /* elements printed of one container */
  uint32_t max_string;    /* characters or bytes printed of one string */
  uint32_t max_repr;      /* bytes printed of one value in all */
  uint32_t max_variables; /* variables of one frame, globals of one module */
  uint32_t max_warnings;
  uint32_t max_answer; /* bytes of the answer; what its buffer cannot hold is left out, too */
};

/* A recording: samples of the stacks of all threads, in memory of its own, of fixed size. It belongs to
 * who began it; a request for another one is refused for as long as samples keep coming.
 *
 * The log is a sequence of records, each a byte of enum sleeper_log and numbers as LEB128 varints. What it
 * says of stacks is said once: a stack is the node of a tree, a node has a parent, a code object and a line.
 * A sample only has the threads whose stack, or whose relation to the GIL, is another one than before.
 * Once the reader has read all of it and says so, the log begins anew, while the tables go on. */
struct sleeper_recording {
  uint64_t id;        /* chosen by who records; 0: none */
  uint64_t bytes;     /* of all its memory */
  uint64_t log;       /* the address of the log */
  uint64_t log_bytes; /* its capacity */
  uint64_t length;    /* bytes in it */
  uint64_t samples;   /* appended since the beginning */
  uint64_t dropped;   /* for which there was no room */
  uint64_t period_ns; /* how often samples are to come */
  uint64_t last_ns;   /* when the last one came, by CLOCK_MONOTONIC */
};

/* Text: its length in bytes, then UTF-8. Line: 0 for none, else line + 1. */
enum sleeper_log {
  SLEEPER_LOG_FORGET = 1,      /* all numbers below are void: the tables were full, or a sample was dropped */
  SLEEPER_LOG_INTERPRETER = 2, /* id; address and bytes of the condition of its GIL, 0: not known */
  SLEEPER_LOG_CODE = 3,        /* number, counted from 2; first line; text: name, file */
  SLEEPER_LOG_NODE = 4,   /* number, counted from 1; number of the parent, 0: outermost; of its code; line;
                             1: it has an evaluation loop of its own, 0: its caller's; number of its
                             variables, 0: they are not recorded */
  SLEEPER_LOG_THREAD = 5, /* number, counted from 0; id of its interpreter; ident; tid */
  SLEEPER_LOG_NAME = 6,   /* number of a thread; text: its name */
  SLEEPER_LOG_SAMPLE = 7, /* CLOCK_MONOTONIC in ns; for each thread that changed: its number + 1, node, 1 if
                             it holds the GIL or 0; 0; for each that is gone: its number + 1; 0 */
  SLEEPER_LOG_VARIABLES = 8, /* number, counted from 1; text: JSON, an object with what a frame in a dump has
                                for its variables */
};
/* In the place of a code object: more frames than the limit; a frame that could not be read. */
enum { SLEEPER_CODE_MORE = 0, SLEEPER_CODE_UNREADABLE = 1, SLEEPER_CODE_FIRST = 2 };

/* What a thread waited in after a look. */
struct sleeper_wait_note {
  uint32_t tid;      /* as the debugger knows it; 0: none */
  uint32_t switches; /* how often it had begun to wait: it has not run since if that is still so */
  uint64_t place;    /* a hash of where it waits */
  uint64_t since_ns; /* CLOCK_MONOTONIC */
};
#define SLEEPER_WAIT_NOTES 1024u

/* All addresses are of the target's own address space; all integers in the machine's byte order. */
struct sleeper_control {
  char magic[8];
  uint32_t abi;
  uint32_t size; /* sizeof(struct sleeper_control) */
  char version[16];

  /* Written by the constructor. */
  uint32_t state;          /* enum sleeper_state */
  uint32_t python_version; /* like PY_VERSION_HEX; 0 when not Python */
  char reason[128];        /* why `state` is UNSUPPORTED or `status` REFUSED; UTF-8, NUL-terminated */
  char missing[256];       /* the symbols that were looked for and not found, separated by spaces */
  uint64_t entry;          /* the entry stub */
  uint64_t done;           /* the program counter that the thread stops at when the call is over */
  uint64_t stack_top;      /* 16-byte aligned */
  uint64_t arena;
  uint64_t arena_size;

  /* Written by the debugger before a call. */
  uint32_t request; /* enum sleeper_request_kind */
  uint32_t flags;   /* enum sleeper_request_flags */
  struct sleeper_limits limits;
  uint32_t input_length; /* bytes of input the debugger put at the start of the arena: an array of
                            int32_t, the file descriptors to describe as sockets */

  /* Written by the agent during a call. */
  uint32_t status;  /* enum sleeper_status */
  uint32_t served;  /* counts the calls that were begun */
  uint64_t output;  /* the address of the answer: UTF-8 text, NUL-terminated */
  uint64_t length;  /* its length in bytes, without the NUL; grows while the call runs */
  uint32_t resumed; /* the thread went back to what was interrupted by itself */
  uint32_t again; /* written by the debugger, when the SIGURG of the end has stopped the thread elsewhere than
                     at `done`, in a handler of a signal that came first: it is to be sent once more */

  /* Written by the constructor. */
  uint64_t landing; /* from here a thread in the stub goes back by itself, whatever its registers are */

  /* Written by the debugger before a call: the registers of the borrowed thread. */
  uint64_t resume_pc;
  uint64_t resume_ax;
  int64_t resume_syscall; /* $orig_rax; -1: was in no system call */
  uint64_t resume_sp;     /* for the debugger itself, should the call fail */

  /* The live tier. `live_start`, written by the constructor, is the address of int64_t live_start(void): at
   * a safe moment (not inside the allocator or the dynamic loader) a thread of the process calls it with
   * the others running. It opens a session and returns 0, or -errno; -EALREADY when one is open. It waits
   * for nothing and takes no GIL. The rest stands as long as the session does: the target's own
   * descriptors of the pipe for requests and of the one for answers, which the CLI opens through
   * /proc/PID/fd. src/live_pipes.h has the messages. */
  uint64_t live_start;
  int32_t live_request_fd; /* -1: no session */
  int32_t live_answer_fd;
  uint32_t live_state; /* 1: a session is open */

  /* Recordings. Written by the agent. */
  uint32_t recording_owner; /* the process id, as the process itself knows it, of the one that has the memory
                               at `recording`: a child of it has inherited this block, but not that memory */

  /* Written by the debugger before a call. */
  uint64_t recording_id;        /* not 0 */
  uint64_t recording_bytes;     /* the memory that it may have; only the first sample's counts */
  uint64_t recording_period_ns; /* how often samples are to come */
  uint64_t recording_collected; /* bytes of the log that were read: all of them, or it is not begun anew */

  /* Written by the agent. */
  uint64_t recording; /* the address of a struct sleeper_recording; 0: none */

  /* Written by the debugger before a call: the function whose variables are recorded, by its name or its
   * qualified name. UTF-8, NUL-terminated; empty: none. The same for all of one recording. */
  char recording_variables_of[128];

  /* Written by the constructor. x86-64: how a call is ended that faulted or was broken off. From `begun` on
   * the stub knows all registers, and a thread that is sent to `end` comes to `done`. */
  uint64_t begun;
  uint64_t end;

  /* The live tier: as long as a session stands, the id of its service thread, as the process itself knows it.
   */
  uint32_t live_tid;

  /* Written by the constructor: memory that the agent itself has no use for. The debugger keeps here what
   * each thread waited in when it was last looked at; each look interrupts all waits, and the kernel then
   * forgets since when. */
  uint32_t wait_notes_count;
  uint64_t wait_notes; /* the address of that many struct sleeper_wait_note */
};

extern struct sleeper_control sleeper_control;

/* The entry stub. Not a C function: it is jumped to on the agent's own stack and ends in a trap. */
extern const char sleeper_entry[] __attribute__((visibility("default")));

/* For a program that loads libpython later, as uWSGI does with its plug-ins: what the constructor did in vain
 * is done again, by a thread of the process at a safe moment (not inside the allocator or the dynamic loader)
 * with the others running. It takes the lock of the dynamic loader. Returns 0, or -1 where there is still no
 * CPython. */
extern int64_t sleeper_look_again(void) __attribute__((visibility("default")));

#endif
