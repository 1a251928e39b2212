#include "recording.h"

#include <asm/unistd.h>
#include <linux/mman.h>
#include <linux/time.h>

#include "arena.h"
#include "code_identity.h"
#include "gil.h"
#include "layout.h"
#include "log.h"
#include "objects.h"
#include "syscall.h"
#include "table.h"
#include "variables.h"
#include "writer.h"

#define LEAST_BYTES ((uint64_t)256 << 10)
#define MOST_BYTES ((uint64_t)256 << 20)
#define MAX_INTERPRETERS 64u
/* Samples in which a thread without a name is looked for in threading again. */
#define NAME_TRIES 16u

struct code {
  address_t address;
  uint64_t check; /* of what it says of itself: the memory may be that of another one by now */
  uint64_t pass;  /* in which it was checked */
  bool wanted;    /* its variables are to be recorded */
};
struct node {
  uint32_t parent;
  struct sleeper__place place;
};
/* Their text is told apart by these alone. */
struct variables {
  uint64_t hash, length;
};
struct line {
  int64_t instruction;
  uint32_t code; /* 0: free */
  int32_t line;
};
struct known_thread {
  address_t state;
  uint64_t ident;
  uint64_t pass; /* in which it was seen last */
  int32_t tid;
  uint32_t node, node_before;
  bool holds_gil, held_gil_before;
  bool told; /* `before` is in the log */
  bool named;
  uint8_t name_tries;
};

static struct sleeper_recording *recording;
static uint64_t pass;
static bool forget_due, failed;

static struct sleeper__table codes, nodes, threads, variables;
static struct line *lines;
static uint32_t line_count;
static struct {
  int64_t id;
  address_t gil_locks;
} interpreters[MAX_INTERPRETERS];
static uint32_t interpreter_count;

static uint64_t now_as(void) {
  struct __kernel_timespec now = {0, 0};
  sleeper__syscall3_as(__NR_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void forget_as(void) {
  sleeper__table_clear_as(&codes);
  sleeper__table_clear_as(&nodes);
  sleeper__table_clear_as(&threads);
  sleeper__table_clear_as(&variables);
  for (uint32_t i = 0; i < line_count; i++) lines[i].code = 0;
  interpreter_count = 0;
  forget_due = true;
}

/* The largest power of two that is not larger. */
static uint32_t power_as(uint64_t number) {
  uint32_t power = 1;
  while ((uint64_t)power * 2 <= number) power *= 2;
  return power;
}

/* Divides the memory: half of it, more or less, is the log. */
static void divide_as(void) {
  uint64_t size = recording->bytes;
  char *at = (char *)recording + sizeof *recording;
  at = sleeper__table_place_as(&codes, at, sizeof(struct code), power_as(size / 256));
  at = sleeper__table_place_as(&nodes, at, sizeof(struct node), power_as(size / 64));
  at = sleeper__table_place_as(&threads, at, sizeof(struct known_thread), power_as(size / 1024));
  at = sleeper__table_place_as(&variables, at, sizeof(struct variables), power_as(size / 1024));
  line_count = power_as(size / 1024);
  lines = (struct line *)(void *)at;
  recording->log = (uintptr_t)(lines + line_count);
  recording->log_bytes = (uintptr_t)recording + size - recording->log;
}

static void unmap_as(void) {
  if (recording != 0) sleeper__syscall3_as(__NR_munmap, (long)recording, (long)recording->bytes, 0);
  recording = 0;
  sleeper_control.recording = 0;
}

static uint32_t own_pid_as(void) {
  return (uint32_t)sleeper__syscall3_as(__NR_getpid, 0, 0, 0);
}

/* What was mapped before a fork is not there in the child. */
static void drop_inherited_as(void) {
  if (recording == 0 || sleeper_control.recording_owner == own_pid_as()) return;
  recording = 0;
  sleeper_control.recording = 0;
}

static const char *begin_as(void) {
  uint64_t size = sleeper_control.recording_bytes & ~(uint64_t)(SLEEPER_PAGE_BYTES - 1);
  if (size < LEAST_BYTES) size = LEAST_BYTES;
  if (size > MOST_BYTES) size = MOST_BYTES;
  unmap_as();
  long result = sleeper__syscall6_as(__NR_mmap, 0, (long)size, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (result < 0 && result > -4096) return "no address space is left for a recording";
  sleeper__syscall3_as(__NR_madvise, result, (long)size, MADV_DONTFORK);
  sleeper__syscall3_as(__NR_madvise, result, (long)size, MADV_DONTDUMP);
  recording = (struct sleeper_recording *)result;
  sleeper_control.recording_owner = own_pid_as();
  recording->id = sleeper_control.recording_id;
  recording->bytes = size;
  sleeper_control.recording = (uintptr_t)recording;
  divide_as();
  forget_as();
  return NULL;
}

/* Has its owner died? Then nobody has come for three times as long as was agreed, and for a second. */
static bool abandoned_as(void) {
  return now_as() - recording->last_ns > 3 * recording->period_ns + 1000000000u;
}

const char *sleeper__recording_open_as(void) {
  const char *refused = NULL;
  drop_inherited_as();
  if (sleeper_control.recording_id == 0) return "a recording needs an id";
  if (recording == 0 || recording->id != sleeper_control.recording_id) {
    if (recording != 0 && !abandoned_as()) return "another recording of this process is under way";
    refused = begin_as();
  } else if (sleeper_control.recording_collected == recording->length) {
    recording->length = 0;
  }
  if (refused == NULL) {
    recording->period_ns = sleeper_control.recording_period_ns;
    sleeper__log_use_as((char *)recording->log, recording->log_bytes, &recording->length);
  }
  return refused;
}

void sleeper__recording_end_as(void) {
  drop_inherited_as();
  if (recording != 0 && recording->id == sleeper_control.recording_id) unmap_as();
}

bool sleeper__recording_begin_sample_as(void) {
  pass++;
  failed = false;
  recording->last_ns = now_as();
  if (!forget_due) return true;
  sleeper__log_begin_as(SLEEPER_LOG_FORGET);
  forget_due = !sleeper__log_end_as();
  failed = forget_due;
  return !failed;
}

void sleeper__recording_forget_as(void) {
  forget_as();
}

void sleeper__recording_drop_as(void) {
  recording->dropped++;
  forget_as();
}

static uint32_t failed_as(void) {
  failed = true;
  return SLEEPER_NO_NUMBER;
}

/* Ends the record that tells of an entry. */
static uint32_t told_as(uint32_t number) {
  return sleeper__log_end_as() ? number : failed_as();
}

void sleeper__recording_interpreter_as(const struct sleeper__interpreter *interpreter) {
  uint32_t size = 0;
  address_t gil_locks = sleeper__gil_locks_as(interpreter->address, &size);
  uint32_t i = 0;
  while (i < interpreter_count && interpreters[i].id != interpreter->id) i++;
  if (i == MAX_INTERPRETERS || (i < interpreter_count && interpreters[i].gil_locks == gil_locks)) return;
  sleeper__log_begin_as(SLEEPER_LOG_INTERPRETER);
  sleeper__log_number_as((uint64_t)interpreter->id);
  sleeper__log_number_as(gil_locks);
  sleeper__log_number_as(size);
  failed |= !sleeper__log_end_as();
  interpreters[i].id = interpreter->id;
  interpreters[i].gil_locks = gil_locks;
  if (i == interpreter_count) interpreter_count++;
}

static void tell_code_as(uint32_t number, address_t code) {
  uint32_t name_offset = HAS(code_qualname) ? sleeper__layout.code_qualname : sleeper__layout.code_name;
  address_t name = 0, file = 0;
  uint32_t first_line = 0;
  sleeper__read_pointer_as(code + name_offset, &name);
  sleeper__read_pointer_as(AT(code, code_filename), &file);
  sleeper__read_u32_as(AT(code, code_firstlineno), &first_line);
  sleeper__log_begin_as(SLEEPER_LOG_CODE);
  sleeper__log_number_as(number);
  sleeper__log_number_as(first_line);
  sleeper__log_text_as(name);
  sleeper__log_text_as(file);
}

static bool is_known_as(const struct code *code, address_t address, uint64_t check) {
  return code->address == address && (check == 0 ? code->pass == pass : code->check == check);
}

/* The code object at an address: with this check, or, if that is 0, checked already while the target stands.
 */
static struct code *find_code_as(address_t address, uint64_t check, struct sleeper__probe *probe) {
  struct code *code;
  *probe = sleeper__table_probe_as(sleeper__table_hash_as(address, 0));
  while ((code = sleeper__table_next_as(&codes, probe)) != NULL)
    if (is_known_as(code, address, check)) break;
  return code;
}

static bool is_wanted_name_as(address_t str) {
  char name[sizeof sleeper_control.recording_variables_of];
  const char *wanted = sleeper_control.recording_variables_of;
  size_t i = 0;
  if (str == 0 || !sleeper__string_as(str, name, sizeof name)) return false;
  while (i < sizeof name - 1 && name[i] == wanted[i] && name[i] != 0) i++;
  return name[i] == wanted[i];
}

static bool is_wanted_as(address_t code) {
  address_t name = 0, qualname = 0;
  if (sleeper_control.recording_variables_of[0] == 0) return false;
  sleeper__read_pointer_as(AT(code, code_name), &name);
  if (HAS(code_qualname)) sleeper__read_pointer_as(AT(code, code_qualname), &qualname);
  return is_wanted_name_as(name) || is_wanted_name_as(qualname);
}

uint32_t sleeper__recording_code_as(address_t address) {
  struct sleeper__probe probe;
  if (find_code_as(address, 0, &probe) != NULL) return SLEEPER_CODE_FIRST + probe.number;
  uint64_t check = sleeper__code_identity_as(address) | 1;
  struct code *code = find_code_as(address, check, &probe);
  if (code != NULL) {
    code->pass = pass;
    return SLEEPER_CODE_FIRST + probe.number;
  }
  code = sleeper__table_add_as(&codes, &probe);
  if (code == NULL) return failed_as();
  *code = (struct code){address, check, pass, is_wanted_as(address)};
  tell_code_as(SLEEPER_CODE_FIRST + probe.number, address);
  return told_as(SLEEPER_CODE_FIRST + probe.number);
}

bool sleeper__recording_wants_variables_as(uint32_t code) {
  const struct code *all = sleeper__table_entries_as(&codes);
  return code >= SLEEPER_CODE_FIRST && code != SLEEPER_NO_NUMBER && all[code - SLEEPER_CODE_FIRST].wanted;
}

uint32_t sleeper__recording_variables_as(const struct sleeper__frame *frame) {
  sleeper__writer_begin_as(true);
  sleeper__json_object_begin_as(NULL);
  sleeper__variables_write_as(frame);
  sleeper__json_object_end_as();
  const char *text = sleeper__arena.output;
  size_t length = sleeper__writer_length_as();
  uint64_t hash = sleeper__table_hash_bytes_as(0, text, length);
  struct sleeper__probe probe = sleeper__table_probe_as(hash);
  struct variables *known;
  while ((known = sleeper__table_next_as(&variables, &probe)) != NULL)
    if (known->hash == hash && known->length == length) return probe.number + 1;
  known = sleeper__table_add_as(&variables, &probe);
  if (known == NULL) return failed_as();
  *known = (struct variables){hash, length};
  sleeper__log_begin_as(SLEEPER_LOG_VARIABLES);
  sleeper__log_number_as(probe.number + 1);
  sleeper__log_own_text_as(text, length);
  return told_as(probe.number + 1);
}

/* Each place has one entry; the last comer keeps it. */
static struct line *line_of_as(uint32_t code, int64_t instruction) {
  return &lines[sleeper__table_hash_as(code, (uint64_t)instruction) >> 32 & (line_count - 1)];
}

int32_t sleeper__recording_known_line_as(uint32_t code, int64_t instruction) {
  const struct line *line = line_of_as(code, instruction);
  return line->code == code && line->instruction == instruction ? line->line : -2;
}

void sleeper__recording_know_line_as(uint32_t code, int64_t instruction, int32_t line) {
  *line_of_as(code, instruction) = (struct line){instruction, code, line};
}

static bool is_same_as(const struct sleeper__place *a, const struct sleeper__place *b) {
  return a->code == b->code && a->line == b->line && a->entry == b->entry && a->variables == b->variables;
}

uint32_t sleeper__recording_node_as(uint32_t parent, const struct sleeper__place *place) {
  uint64_t detail = (uint64_t)(uint32_t)place->line << 32 | (uint64_t)place->variables << 1 | place->entry;
  uint64_t hash = sleeper__table_hash_as((uint64_t)parent << 32 | place->code, detail);
  struct sleeper__probe probe = sleeper__table_probe_as(hash);
  struct node *node;
  while ((node = sleeper__table_next_as(&nodes, &probe)) != NULL)
    if (node->parent == parent && is_same_as(&node->place, place)) return probe.number + 1;
  node = sleeper__table_add_as(&nodes, &probe);
  if (node == NULL) return failed_as();
  *node = (struct node){parent, *place};
  sleeper__log_begin_as(SLEEPER_LOG_NODE);
  sleeper__log_number_as(probe.number + 1);
  sleeper__log_number_as(parent);
  sleeper__log_number_as(place->code);
  sleeper__log_number_as(place->line < 0 ? 0 : (uint64_t)place->line + 1);
  sleeper__log_number_as(place->entry);
  sleeper__log_number_as(place->variables);
  return told_as(probe.number + 1);
}

static struct known_thread *known_as(const struct sleeper__interpreter *interpreter,
                                     const struct sleeper__thread *thread, uint32_t *number) {
  uint64_t hash = sleeper__table_hash_as(thread->state, thread->ident + (uint32_t)thread->tid);
  struct sleeper__probe probe = sleeper__table_probe_as(hash);
  struct known_thread *known;
  while ((known = sleeper__table_next_as(&threads, &probe)) != NULL) {
    *number = probe.number;
    if (known->state == thread->state && known->ident == thread->ident && known->tid == thread->tid)
      return known;
  }
  known = sleeper__table_add_as(&threads, &probe);
  if (known == NULL) return NULL;
  *known = (struct known_thread){.state = thread->state, .ident = thread->ident, .tid = thread->tid};
  sleeper__log_begin_as(SLEEPER_LOG_THREAD);
  sleeper__log_number_as(*number = probe.number);
  sleeper__log_number_as((uint64_t)interpreter->id);
  sleeper__log_number_as(thread->ident);
  sleeper__log_number_as(thread->tid > 0 ? (uint64_t)thread->tid : 0);
  return told_as(0) == SLEEPER_NO_NUMBER ? NULL : known;
}

static void tell_name_as(struct known_thread *known, uint32_t number, const struct sleeper__thread *thread) {
  known->name_tries++;
  address_t name = sleeper__thread_name_as(thread);
  if (name == 0) return;
  sleeper__log_begin_as(SLEEPER_LOG_NAME);
  sleeper__log_number_as(number);
  sleeper__log_text_as(name);
  failed |= !sleeper__log_end_as();
  known->named = true;
}

void sleeper__recording_thread_as(const struct sleeper__interpreter *interpreter,
                                  const struct sleeper__thread *thread, uint32_t node) {
  uint32_t number = 0;
  struct known_thread *known = known_as(interpreter, thread, &number);
  if (known == NULL || node == SLEEPER_NO_NUMBER) {
    failed = true;
    return;
  }
  if (!known->named && known->name_tries < NAME_TRIES) tell_name_as(known, number, thread);
  known->pass = pass;
  known->node = node;
  known->holds_gil = thread->holds_gil;
}

bool sleeper__recording_end_sample_as(void) {
  if (failed) return false;
  struct known_thread *all = sleeper__table_entries_as(&threads);
  sleeper__log_begin_as(SLEEPER_LOG_SAMPLE);
  sleeper__log_number_as(recording->last_ns);
  for (uint32_t i = 0; i < threads.count; i++) {
    struct known_thread *thread = &all[i];
    if (thread->pass != pass ||
        (thread->told && thread->node == thread->node_before && thread->holds_gil == thread->held_gil_before))
      continue;
    sleeper__log_number_as(i + 1);
    sleeper__log_number_as(thread->node);
    sleeper__log_number_as(thread->holds_gil);
    thread->node_before = thread->node;
    thread->held_gil_before = thread->holds_gil;
    thread->told = true;
  }
  sleeper__log_number_as(0);
  for (uint32_t i = 0; i < threads.count; i++) {
    if (all[i].pass == pass || !all[i].told) continue;
    sleeper__log_number_as(i + 1);
    all[i].told = false;
  }
  sleeper__log_number_as(0);
  if (!sleeper__log_end_as()) return false;
  recording->samples++;
  return true;
}
