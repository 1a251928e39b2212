/* fuzz.c: a target for libFuzzer: the decoders, on the memory of a real Python process that is damaged.
 *
 * SLEEPER_IMAGE names an image that `image` made. It is mapped where it was in that process. A run without
 * damage tells which addresses the agent loads from; an input is a list of damages to those. For each input
 * one request is served, and the memory is mended again. What must hold:
 *   - the agent loads from no page of the image that it has not probed, and stores to none;
 *   - it writes nothing behind the end of the output that it was given;
 *   - it comes to an end (libFuzzer's -timeout), and AddressSanitizer finds nothing. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../include/sleeper.h"
#include "../src/accessor.h"
#include "../src/arena.h"
#include "../src/layout.h"
#include "../src/memory.h"
#include "../src/serve.h"
#include "../src/symbols.h"

/* The exit code when the place of the image is taken, by chance. */
#define PLACE_TAKEN 3
#define MOST_MAPPINGS 4096
#define MOST_PLACES (1u << 16)
#define MOST_DAMAGES 64
/* What writer.c keeps free must fit in. */
#define SMALL_ANSWER (70u << 10)
#define RECORDING_BYTES ((uint64_t)1 << 20)

/* What lifecycle.c defines. */
struct sleeper_control sleeper_control = {
    .magic = SLEEPER_MAGIC, .abi = SLEEPER_ABI, .version = SLEEPER_VERSION};
struct sleeper__symbols sleeper__symbols;

struct header {
  char magic[8];
  uint32_t version, unicode_width, addresses, mappings;
};

struct mapping {
  uint64_t start, size;
};

struct damage {
  uint16_t place; /* two of them: the second is a source, or the upper half */
  uint16_t other;
  uint8_t kind;
  uint8_t value;
  uint8_t shift; /* bytes behind the place */
  uint8_t bytes;
};

static struct mapping mappings[MOST_MAPPINGS];
static uint32_t mapping_count;
static uint64_t interpreter_head, switch_interval;

/* Addresses that the agent has loaded from, in the run without damage. */
static uintptr_t places[MOST_PLACES];
static uint32_t place_count;
static bool learning, serving;

uintptr_t sleeper__call_accessor_as(uintptr_t function) {
  return function == sleeper__symbols.PyInterpreterState_Head ? interpreter_head : switch_interval;
}

static void fail(const char *what, uintptr_t address) {
  fprintf(stderr, "sleeper-fuzz: %s %p\n", what, (void *)address);
  abort();
}

static bool in_image(uintptr_t address) {
  static const struct mapping *last = &mappings[0];
  static uintptr_t outside[64];
  uintptr_t page = address / SLEEPER_PAGE_BYTES;
  if (address - last->start < last->size) return true;
  if (outside[page % 64] == page) return false;
  uint32_t low = 0, high = mapping_count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (address < mappings[middle].start)
      high = middle;
    else if (address >= mappings[middle].start + mappings[middle].size)
      low = middle + 1;
    else {
      last = &mappings[middle];
      return true;
    }
  }
  outside[page % 64] = page;
  return false;
}

/* All that the process has is the image: nothing of our own is there to be found. */
bool sleeper__probe_page_as(address_t page) {
  return in_image(page);
}

/* Has memory.c found the page readable in this request? */
static bool was_probed(uintptr_t address) {
  static uintptr_t found[1024];
  static uint64_t request;
  uintptr_t page = address & ~(SLEEPER_PAGE_BYTES - 1);
  uintptr_t *known = &found[page / SLEEPER_PAGE_BYTES % 1024];
  if (request != sleeper__request) memset(found, 0, sizeof found);
  request = sleeper__request;
  for (size_t i = 0; *known != page && i < SLEEPER_PAGE_TABLE_BYTES / sizeof(uintptr_t); i++)
    if (sleeper__arena.page_table[i] == (page | 1)) *known = page;
  return *known == page;
}

static void learn(uintptr_t address) {
  if (place_count < MOST_PLACES) places[place_count++] = address;
}

/* On our stack, where most loads and stores go. */
static bool is_own(uintptr_t address) {
  return address - (uintptr_t)__builtin_frame_address(0) < (uintptr_t)1 << 20;
}

static void loads(uintptr_t address, size_t size) {
  if (!serving || is_own(address) || !in_image(address)) return;
  if (!was_probed(address) || !was_probed(address + size - 1))
    fail("a load from what was not probed:", address);
  if (learning) learn(address);
}

static void stores(uintptr_t address, size_t size) {
  if (!serving || is_own(address)) return;
  if (in_image(address)) fail("a store to memory of the process:", address);
  uintptr_t end = (uintptr_t)sleeper__arena.output + sleeper__arena.output_bytes;
  if (address + size > end && address < end + ((uintptr_t)1 << 20))
    fail("a store behind the output:", address);
}

/* Called by what clang puts in front of each load and store (-fsanitize-coverage=trace-loads,trace-stores).
 */
#define HOOKS(bytes)                                                                                         \
  void __sanitizer_cov_load##bytes(void *address);                                                           \
  void __sanitizer_cov_store##bytes(void *address);                                                          \
  void __sanitizer_cov_load##bytes(void *address) {                                                          \
    loads((uintptr_t)address, bytes);                                                                        \
  }                                                                                                          \
  void __sanitizer_cov_store##bytes(void *address) {                                                         \
    stores((uintptr_t)address, bytes);                                                                       \
  }
HOOKS(1)
HOOKS(2)
HOOKS(4)
HOOKS(8)
HOOKS(16)

static void must(bool so, const char *what) {
  if (so) return;
  fprintf(stderr, "sleeper-fuzz: %s\n", what);
  exit(2);
}

static void take_addresses(const uint64_t *addresses, uint32_t count, const struct header *header) {
  uint64_t *symbol = &sleeper__symbols._PyRuntime;
  _Static_assert(sizeof(uintptr_t) == sizeof(uint64_t), "64 bits");
  must(count >= 2 && (count - 2) * sizeof(uint64_t) <= sizeof sleeper__symbols, "an image for other symbols");
  for (uint32_t i = 0; i < count - 2; i++) symbol[i] = addresses[i];
  interpreter_head = addresses[count - 2];
  switch_interval = addresses[count - 1];
  sleeper__symbols.unicode_width = header->unicode_width;
}

static void map_image(const char *path) {
  static union {
    struct header header;
    char bytes[1 << 18];
  } head;
  int file = open(path, O_RDONLY);
  must(file >= 0 && read(file, head.bytes, sizeof head.bytes) > (ssize_t)sizeof head.header, "no image");
  const struct header *header = &head.header;
  must(memcmp(header->magic, SLEEPER_MAGIC, 8) == 0 && header->mappings <= MOST_MAPPINGS, "not an image");
  const uint64_t *addresses = (const uint64_t *)(header + 1);
  take_addresses(addresses, header->addresses, header);
  mapping_count = header->mappings;
  memcpy(mappings, addresses + header->addresses, mapping_count * sizeof *mappings);
  off_t offset = (off_t)(sizeof *header + header->addresses * 8 + mapping_count * sizeof *mappings);
  offset = (offset + 4095) / 4096 * 4096;
  for (uint32_t i = 0; i < mapping_count; i++) {
    void *at = (void *)mappings[i].start;
    void *got =
        mmap(at, mappings[i].size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED_NOREPLACE, file, offset);
    if (got != at) exit(PLACE_TAKEN);
    offset += (off_t)mappings[i].size;
  }
  close(file);
  sleeper_control.python_version = header->version;
}

static void serve(uint32_t request, uint32_t flags, uint32_t answer) {
  sleeper_control.request = request;
  sleeper_control.flags = flags;
  sleeper_control.limits = (struct sleeper_limits){8, 8, 3, 8, 32, 256, 12, 8, answer};
  sleeper_control.recording_id = 1;
  sleeper_control.recording_bytes = RECORDING_BYTES;
  sleeper_control.recording_period_ns = 1;
  serving = true;
  sleeper__serve_as();
  serving = false;
}

static int by_address(const void *left, const void *right) {
  uintptr_t a = *(const uintptr_t *)left, b = *(const uintptr_t *)right;
  return a < b ? -1 : a > b;
}

static void learn_places(void) {
  learning = true;
  serve(SLEEPER_REQUEST_DUMP, SLEEPER_LOCALS | SLEEPER_GLOBALS, 0);
  learning = false;
  must(sleeper_control.status == SLEEPER_STATUS_DONE && strstr(sleeper__arena.output, "\"wait\"") != NULL,
       "the image cannot be read without damage");
  qsort(places, place_count, sizeof *places, by_address);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < place_count; i++)
    if (kept == 0 || places[kept - 1] != places[i]) places[kept++] = places[i];
  place_count = kept;
  fprintf(stderr, "sleeper-fuzz: %u places of %u mappings\n", place_count, mapping_count);
}

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *count, char ***words) {
  (void)count, (void)words;
  const char *path = getenv("SLEEPER_IMAGE");
  must(path != NULL, "SLEEPER_IMAGE must name an image; see fuzz/run");
  map_image(path);
  must(sleeper__arena_map(), "no memory");
  const char *unusable = sleeper__layout_select_as(sleeper_control.python_version,
                                                   sleeper__symbols._PyRuntime, sleeper__symbols.debug_build);
  must(unusable == NULL, unusable);
  sleeper_control.state = SLEEPER_READY;
  learn_places();
  return 0;
}

static const uint64_t extremes[] = {0,
                                    1,
                                    8,
                                    UINT64_MAX,
                                    INT64_MAX,
                                    (uint64_t)1 << 63,
                                    (uint64_t)1 << 62,
                                    (uint64_t)1 << 47,
                                    ((uint64_t)1 << 47) - 8,
                                    (uint64_t)1 << 32,
                                    UINT32_MAX,
                                    4096,
                                    65536,
                                    UINT64_MAX - 7,
                                    UINT64_MAX - 4095,
                                    (uint64_t)1 << 20};

/* The eight bytes that stand at `address` after the damage. */
static uint64_t damaged(const struct damage *damage, uint64_t before) {
  uintptr_t other = places[damage->other % place_count];
  switch (damage->kind % 6) {
  case 0: return before ^ (uint64_t)1 << damage->value % 64;
  case 1: return (before & ~(uint64_t)255) | damage->value;
  case 2: return extremes[damage->value % (sizeof extremes / sizeof *extremes)];
  case 3: return other & ~(uint64_t)7;
  case 4: memcpy(&before, (const void *)(other & ~(uintptr_t)7), sizeof before); return before;
  default: return before + (uint64_t)(int8_t)damage->value;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const uint32_t requests[] = {SLEEPER_REQUEST_DUMP, SLEEPER_REQUEST_DUMP, SLEEPER_REQUEST_BT,
                                      SLEEPER_REQUEST_SAMPLE};
  if (size < 2 + sizeof(struct damage)) return 0;
  uint32_t count = 0;
  uint64_t *where[MOST_DAMAGES];
  uint64_t before[MOST_DAMAGES];
  for (size_t at = 2; at + sizeof(struct damage) <= size && count < MOST_DAMAGES;
       at += sizeof(struct damage)) {
    struct damage damage;
    memcpy(&damage, data + at, sizeof damage);
    uintptr_t address = (places[damage.place % place_count] & ~(uintptr_t)7) + damage.shift % 4 * 8;
    if (!in_image(address)) continue;
    where[count] = (uint64_t *)address;
    before[count] = *where[count];
    *where[count] = damaged(&damage, before[count]);
    count++;
  }
  serve(requests[data[0] % 4], data[1] & 3, (data[1] & 4) != 0 ? SMALL_ANSWER + (512u << (data[1] >> 4)) : 0);
  if (data[0] % 4 == 3) serve(SLEEPER_REQUEST_END_RECORDING, 0, 0);
  while (count-- > 0) *where[count] = before[count];
  return 0;
}
