#include "stack_locks.h"

#include "asyncio_locks.h"
#include "bytes.h"
#include "greenlet_waits.h"
#include "layout.h"
#include "locks.h"
#include "values.h"
#include "writer.h"

#define MAX_SLOTS 256
#define MAX_BLOCKS 20 /* CO_MAXBLOCKS */

/* The stack pointer of a running frame is in a register of the interpreter loop, so what lies above
 * the live part of the stack in memory is stale. But the live part is known to reach up to the
 * innermost active `with` or `try`: its depth is recorded, in f_blockstack up to 3.10 and in
 * the exception table since. */

static uint32_t depth_by_blocks_as(const struct sleeper__frame *frame) {
  int32_t blocks, level;
  if (!sleeper__read_i32_as(AT(frame->address, frame_iblock), &blocks) || blocks <= 0 || blocks > MAX_BLOCKS)
    return 0;
  address_t innermost =
      AT(frame->address, frame_blockstack) + (address_t)(blocks - 1) * sleeper__layout.tryblock_bytes;
  return sleeper__read_i32_as(AT(innermost, tryblock_level), &level) && level > 0 ? (uint32_t)level : 0;
}

/* A number of the exception table (Objects/exception_handling_notes.txt, 3.11+): most significant six
 * bits first, bit 6 says that more follow; bit 7 marks the start of an entry. */
static bool number_as(struct sleeper__bytes *table, uint32_t *value) {
  uint8_t byte;
  *value = 0;
  do {
    if (!sleeper__bytes_next_as(table, &byte)) return false;
    *value = *value << 6 | (byte & 63);
  } while ((byte & 64) != 0);
  return true;
}

/* How deep the stack is at least at an instruction, and where an exception leads to from there; 0: nowhere.
 */
static uint32_t depth_at_as(const struct sleeper__frame *frame, uint32_t unit, uint32_t *target) {
  address_t object;
  struct sleeper__bytes table;
  uint32_t start, length, depth_and_flag;
  *target = 0;
  if (!sleeper__read_pointer_as(AT(frame->code, code_exceptiontable), &object) ||
      !sleeper__bytes_begin_as(object, &table))
    return 0;
  while (number_as(&table, &start) && number_as(&table, &length) && number_as(&table, target) &&
         number_as(&table, &depth_and_flag)) {
    if (start > unit) break;
    if (unit < start + length) return depth_and_flag >> 1;
  }
  *target = 0;
  return 0;
}

static bool is_cleanup_throw_as(const struct sleeper__frame *frame, uint32_t unit) {
  uint8_t opcode;
  return HAS(opcode_cleanup_throw) && unit != 0 &&
         sleeper__read_u8_as(AT(frame->code, code_instructions) + 2 * (address_t)unit, &opcode) &&
         opcode == sleeper__layout.opcode_cleanup_throw;
}

/* From 3.12 on each `await` has an entry of its own, also that of __aenter__(): what counts is whether the
 * handler of this is within a with statement (codegen of the compiler, Python/). */
static uint32_t depth_by_exception_table_as(const struct sleeper__frame *frame) {
  uint32_t target, outer;
  if (frame->instruction < 0) return 0;
  uint32_t depth = depth_at_as(frame, (uint32_t)(frame->instruction / 2), &target);
  return is_cleanup_throw_as(frame, target) ? depth_at_as(frame, target, &outer) : depth;
}

static bool base_as(const struct sleeper__frame *frame, address_t *base) {
  int32_t locals;
  if (!HAS(code_exceptiontable)) return sleeper__read_pointer_as(AT(frame->address, frame_valuestack), base);
  if (!sleeper__read_i32_as(AT(frame->code, code_nlocalsplus), &locals) || locals < 0) return false;
  *base = frame->fast_locals + (address_t)locals * sizeof(address_t);
  return true;
}

static bool is_lock_as(address_t object, address_t *lock) {
  return sleeper__lock_behind_as(object, lock) || sleeper__gevent_lock_behind_as(object, lock) ||
         sleeper__asyncio_lock_behind_as(object, lock);
}

/* The locks that the lowest `depth` slots of the stack refer to, but for what comes twice in a row: from 3.14
 * on a with statement pushes both __exit__ and its self. */
static void write_locks_as(const char *key, const struct sleeper__frame *frame, uint32_t depth) {
  address_t base, object, lock, last = 0;
  bool any = false;
  if (depth > MAX_SLOTS || !base_as(frame, &base)) return;
  for (uint32_t i = 0; i < depth; i++) {
    if (!sleeper__read_pointer_as(base + i * sizeof(address_t), &object)) break;
    if (HAS(stackref_tag_mask)) object &= ~(address_t)sleeper__layout.stackref_tag_mask;
    if (object == 0 || !is_lock_as(object, &lock) || lock == last) continue;
    last = lock;
    if (!any) sleeper__json_array_begin_as(key);
    any = true;
    sleeper__lock_behind_write_as(object, lock);
  }
  if (any) sleeper__json_array_end_as();
}

void sleeper__stack_locks_write_as(const struct sleeper__frame *frame) {
  write_locks_as("stackLocks", frame,
                 HAS(code_exceptiontable) ? depth_by_exception_table_as(frame) : depth_by_blocks_as(frame));
}

address_t sleeper__value_stack_end_as(const struct sleeper__frame *frame) {
  address_t base;
  int32_t size;
  if (!base_as(frame, &base) || !sleeper__read_i32_as(AT(frame->code, code_stacksize), &size) || size < 0)
    return 0;
  return base + (address_t)size * sizeof(address_t);
}

void sleeper__called_locks_write_as(const struct sleeper__frame *frame) {
  int32_t size;
  if (sleeper__read_i32_as(AT(frame->code, code_stacksize), &size) && size > 0)
    write_locks_as("calledLocks", frame, size < MAX_SLOTS ? (uint32_t)size : MAX_SLOTS);
}
