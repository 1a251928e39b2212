#define _GNU_SOURCE /* Dl_info */
#include "statics.h"

#include <dlfcn.h>
#include <elf.h>

#include "layout.h"
#include "symbols.h"

extern void *dlsym(void *restrict handle, const char *restrict name) __attribute__((weak));

/* A sem_t, which is what a PyThread_type_lock of 2.7 points to (Python/thread_pthread.h). */
#define SEMAPHORE_BYTES 32

/* Both functions are shorter: 91 bytes as Debian builds 2.7, 84 with gcc 12. */
#define MAX_CODE 128
#define MAX_VARIABLES 8

/* What may be written to of the image that CPython is in: its .data and .bss. */
static address_t writable, writable_end;

static address_t interpreter_lock;
static address_t import_variables[MAX_VARIABLES];
static uint32_t import_variable_count;

static void find_writable(address_t within) {
  union {
    void *object;
    int (*function)(const void *, Dl_info *);
  } find = {dlsym(RTLD_DEFAULT, "dladdr")};
  Dl_info image;
  if (find.object == NULL || find.function((const void *)within, &image) == 0) return;
  address_t base = (address_t)image.dli_fbase;
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)base;
  const Elf64_Phdr *parts = (const Elf64_Phdr *)(base + header->e_phoff);
  for (uint32_t i = 0; i < header->e_phnum; i++) {
    if (parts[i].p_type != PT_LOAD) continue;
    /* A program with a fixed address names it whole. */
    address_t start = (header->e_type == ET_DYN ? base : 0) + parts[i].p_vaddr;
    if (within < start || within >= start + parts[i].p_memsz) continue;
    writable = start;
    writable_end = start + parts[i].p_memsz;
  }
}

/* The first variable of 8 bytes that the code from `at` on names, as x86-64 names nearly all of them: by
 * their distance from the end of the instruction, which comes last in it or before an operand of 1 or 4
 * bytes. Gives where the next one may be named, or 0. */
static address_t variable_named(address_t at, address_t end, address_t *variable) {
#ifdef __x86_64__
  static const uint32_t operand_bytes[] = {0, 1, 4};
  for (; at < end; at++) {
    uint8_t mode;
    int32_t distance;
    /* ModRM with mod 0 and r/m 5 (Intel SDM volume 2, 2.2.1.6, RIP-relative addressing). */
    if (!sleeper__read_u8_as(at, &mode) || (mode & 0xc7) != 5 || !sleeper__read_i32_as(at + 1, &distance))
      continue;
    for (uint32_t i = 0; i < sizeof operand_bytes / sizeof *operand_bytes; i++) {
      *variable = at + 1 + sizeof distance + operand_bytes[i] + (address_t)(int64_t)distance;
      if (*variable % sizeof(uint64_t) == 0 && *variable >= writable && *variable < writable_end)
        return at + 1 + sizeof distance;
    }
  }
#else
  (void)at, (void)end, (void)variable;
#endif
  return 0;
}

static void learn_import_lock(address_t function) {
  address_t variable;
  for (address_t at = function; (at = variable_named(at, function + MAX_CODE, &variable)) != 0;) {
    if (import_variable_count == MAX_VARIABLES) return;
    import_variables[import_variable_count++] = variable;
  }
}

void sleeper__statics_learn(uint32_t version) {
  address_t code = (address_t)dlsym(RTLD_DEFAULT, "PyEval_ThreadsInitialized");
  if (version >= 0x03070000 || sleeper__symbols._PyThreadState_Current == 0) return;
  find_writable(sleeper__symbols._PyThreadState_Current);
  if (version >= 0x03000000 || code == 0) return;
  /* All that it does is to compare the pointer to the lock with NULL (Python/ceval.c). */
  variable_named(code, code + MAX_CODE, &interpreter_lock);
  learn_import_lock((address_t)dlsym(RTLD_DEFAULT, "_PyImport_ReleaseLock"));
}

bool sleeper__static_gil_as(address_t *start, uint32_t *bytes) {
  if (SINCE(3, 7) || writable == 0) return false;
  if (SINCE(3, 0)) {
    /* gil_cond, gil_mutex, switch_cond and switch_mutex (Python/ceval_gil.h) are the only ones that CPython
     * keeps there; all other locks of it are allocated. */
    *start = writable;
    *bytes = (uint32_t)(writable_end - writable);
    return true;
  }
  *bytes = SEMAPHORE_BYTES;
  return interpreter_lock != 0 && sleeper__read_pointer_as(interpreter_lock, start) && *start != 0;
}

bool sleeper__static_import_lock_as(uint32_t i, uint64_t *value) {
  return i < import_variable_count && sleeper__read_u64_as(import_variables[i], value);
}
