#include "live_gil.h"

#include "layout.h"
#include "live.h"
#include "live_api.h"
#include "live_peek.h"
#include "symbols.h"

#define FIRST_PAUSE (INT64_C(20000)) /* nanoseconds between two looks, doubled each time */
#define LAST_PAUSE (2 * LIVE_MILLISECOND)

/* What changes when the GIL changes hands or its holder runs bytecode. */
struct look {
  uintptr_t holder;
  uint64_t switches;
  uintptr_t frame;
  uintptr_t instruction;
  uint64_t other; /* 2.7: the countdown to the next switch; 3.14+: the frame's stack pointer */
};

static uintptr_t pointer_at(uintptr_t address) {
  uintptr_t value = 0;
  return address > 4096 && sleeper__live_peek(address, &value, sizeof value) ? value : 0;
}

static uint32_t u32_at(uintptr_t address) {
  uint32_t value = 0;
  return address > 4096 && sleeper__live_peek(address, &value, sizeof value) ? value : 0;
}

/* PyGILState_Ensure() is about the main interpreter. */
static uintptr_t gil_address(void) {
  uintptr_t runtime = sleeper__symbols._PyRuntime;
  if (HAS(interp_gil)) {
    uintptr_t interpreter = pointer_at(AT(runtime, runtime_interpreters_main));
    return interpreter == 0 ? 0 : pointer_at(AT(interpreter, interp_gil));
  }
  return HAS(runtime_gil) ? AT(runtime, runtime_gil) : 0;
}

/* 0 when the GIL is free. See gil.c, which does the same for a process that is stopped. */
static uintptr_t holder_of(uintptr_t gil) {
  if (gil != 0) {
    if (u32_at(AT(gil, gil_locked)) != 1) return 0;
    return pointer_at(AT(gil, gil_last_holder));
  }
  return pointer_at(sleeper__symbols._PyThreadState_Current);
}

uint64_t sleeper__live_gil_holder(void) {
  uintptr_t holder = holder_of(gil_address());
  return holder == 0 ? 0 : pointer_at(AT(holder, tstate_thread_id));
}

static uintptr_t frame_of(uintptr_t thread) {
  if (HAS(tstate_current_frame)) return pointer_at(AT(thread, tstate_current_frame));
  if (HAS(tstate_cframe)) {
    uintptr_t cframe = pointer_at(AT(thread, tstate_cframe));
    return cframe == 0 ? 0 : pointer_at(AT(cframe, cframe_current_frame));
  }
  return pointer_at(AT(thread, tstate_frame));
}

/* The address of the instruction, so that its opcode can be read; 2.7: only something that moves. */
static uintptr_t instruction_of(uintptr_t frame) {
  if (HAS(iframe_instr)) return pointer_at(AT(frame, iframe_instr));
  uintptr_t index = u32_at(AT(frame, frame_lasti));
  if (SINCE(3, 10)) index *= 2; /* it counts instructions from here on */
  uintptr_t code = pointer_at(AT(frame, frame_code));
  uintptr_t bytes = code == 0 ? 0 : pointer_at(AT(code, code_bytes));
  return AT(bytes, bytes_data) + index;
}

/* Is there nothing to wait for? Else fills in `look`. */
static bool is_free(struct look *look) {
  *look = (struct look){0, 0, 0, 0, 0};
  uintptr_t gil = gil_address();
  look->holder = holder_of(gil);
  if (look->holder == 0) return true;
  if (gil != 0) look->switches = (uint64_t)pointer_at(AT(gil, gil_switch_number));
  if (sleeper__live_api._Py_Ticker != 0) look->other = u32_at(sleeper__live_api._Py_Ticker);
  look->frame = frame_of(look->holder);
  if (look->frame == 0) return false;
  look->instruction = instruction_of(look->frame);
  if (HAS(iframe_stackpointer)) look->other = pointer_at(AT(look->frame, iframe_stackpointer));
  return false;
}

static bool moved(const struct look *before, const struct look *now) {
  return before->holder != now->holder || before->switches != now->switches || before->frame != now->frame ||
         before->instruction != now->instruction || before->other != now->other;
}

/* `while True: pass` is one instruction that jumps to itself: nothing moves, but it is no call. */
static bool in_tight_loop(const struct look *look) {
  uint8_t opcode = 0;
  return HAS(opcode_jump) && look->instruction > 4096 &&
         sleeper__live_peek(look->instruction, &opcode, sizeof opcode) &&
         (opcode == sleeper__layout.opcode_jump || opcode == sleeper__layout.opcode_jump_specialized);
}

bool sleeper__live_finalizing(void) {
  if (!sleeper__live_api.Py_IsInitialized()) return true;
  if (sleeper__live_api.Py_IsFinalizing != NULL) return sleeper__live_api.Py_IsFinalizing();
  if (sleeper__live_api._Py_IsFinalizing != NULL) return sleeper__live_api._Py_IsFinalizing();
  return pointer_at(sleeper__live_api._Py_Finalizing) != 0;
}

/* Up to 3.6 there is no GIL before the first thread; see live_threads.h. */
static bool has_gil(void) {
  return SINCE(3, 7) || sleeper__live_api.PyEval_ThreadsInitialized == NULL ||
         sleeper__live_api.PyEval_ThreadsInitialized();
}

enum live_gil sleeper__live_gil_wait(int64_t deadline, bool (*give_up)(const void *), const void *argument) {
  struct look first = {0, 0, 0, 0, 0};
  bool looked = false;
  for (int64_t pause = FIRST_PAUSE;; pause = pause < LAST_PAUSE / 2 ? pause * 2 : LAST_PAUSE) {
    if (sleeper__live_finalizing()) return LIVE_GIL_FINALIZING;
    if (has_gil()) {
      struct look now;
      if (is_free(&now) || (looked && moved(&first, &now)) || in_tight_loop(&now)) return LIVE_GIL_COMES;
      if (!looked) first = now;
      looked = true;
    }
    if (give_up(argument) || sleeper__live_now() >= deadline) return LIVE_GIL_STANDS;
    sleeper__live_sleep(pause);
  }
}
