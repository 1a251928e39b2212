#include "greenlet_waits.h"

#include "frames.h"
#include "layout.h"
#include "objects.h"
#include "stack_locks.h"
#include "values.h"
#include "writer.h"

/* In gevent, who waits for something is entered there with what wakes it: `greenlet.switch`, or
 * `waiter.switch` of a Waiter that has the greenlet. Most of gevent is compiled by Cython, so that neither a
 * frame nor an attribute tells; but the compiled method has been called from a frame, on whose stack or in
 * whose variables the object is, and its fields are words of its memory. An object with a word, or a list
 * with an item, that wakes the greenlet is what it waits for. */

/* Frames from the innermost one on: those of gevent that are written in Python, and the one that has called
 * them. */
#define MAX_FRAMES 8
#define MAX_SLOTS 256
#define MAX_WORDS 64
/* Of more than this who wait for the same, one is not looked for. */
#define MAX_WAITERS 64
/* Objects that are looked at for all greenlets of a request: some 20 ms. */
#define MAX_LOOKS (1u << 17)

struct found {
  address_t object;
  address_t owner;
  int32_t fd; /* -1: none */
};

static uint64_t request;
static uint32_t looks;

static bool look_as(address_t address, struct sleeper__object *object) {
  if (request != sleeper__request) {
    request = sleeper__request;
    looks = 0;
  }
  if (looks >= MAX_LOOKS || address == 0) return false;
  if (++looks == MAX_LOOKS)
    sleeper__warn_as("greenlets", "there are very many greenlets: it is not told of each what it waits for",
                     0);
  return sleeper__object_as(address, object);
}

/* What is known of types: nearly all objects are of a few. */
#define KNOWN_TYPES 64u /* a power of two */
static struct {
  uint64_t request;
  address_t type;
  bool of_gevent;
} known[KNOWN_TYPES];

static bool begins_as(const char *text, const char *beginning) {
  while (*beginning != 0 && *text == *beginning) text++, beginning++;
  return *beginning == 0;
}

/* Is it an instance of a class of gevent's, or of a subclass of one? */
static bool is_of_gevent_as(const struct sleeper__object *object) {
  size_t place = (size_t)(object->type * 0x9E3779B97F4A7C15u >> 32) % KNOWN_TYPES;
  char module[64];
  address_t type = object->type;
  if (object->kind != SLEEPER_KIND_INSTANCE) return false;
  if (known[place].type == type && known[place].request == sleeper__request) return known[place].of_gevent;
  bool of_gevent = false;
  for (int i = 0; i < MAX_FRAMES && type != 0 && !of_gevent; i++) {
    of_gevent = sleeper__type_module_as(type, module, sizeof module) && begins_as(module, "gevent.");
    if (!sleeper__read_pointer_as(AT(type, type_base), &type)) break;
  }
  known[place].request = sleeper__request;
  known[place].type = object->type;
  known[place].of_gevent = of_gevent;
  return of_gevent;
}

/* The words of an instance's own memory, behind its header. */
static uint32_t words_as(const struct sleeper__object *object, address_t words[MAX_WORDS]) {
  uint32_t header = sleeper__layout.object_type + (uint32_t)sizeof(address_t);
  int64_t bytes;
  if (!sleeper__read_i64_as(AT(object->type, type_basicsize), &bytes) || bytes <= (int64_t)header) return 0;
  uint64_t count = ((uint64_t)bytes - header) / sizeof(address_t);
  if (count > MAX_WORDS) count = MAX_WORDS;
  return sleeper__read_as(object->address + header, words, count * sizeof(address_t)) ? (uint32_t)count : 0;
}

/* Does it wake the greenlet: `greenlet.switch`, the greenlet itself, or something of gevent's that has it? */
static bool wakes_as(address_t address, address_t greenlet) {
  struct sleeper__object object;
  address_t words[MAX_WORDS], self;
  if (address == greenlet) return true;
  if (!look_as(address, &object)) return false;
  if (object.kind == SLEEPER_KIND_METHOD || object.kind == SLEEPER_KIND_BUILTIN) {
    self = AT(address, cfunction_self);
    if (object.kind == SLEEPER_KIND_METHOD) self = AT(address, method_self);
    if (!sleeper__read_pointer_as(self, &self)) return false;
    if (self == greenlet) return true;
    if (!look_as(self, &object)) return false;
  }
  if (!is_of_gevent_as(&object)) return false;
  for (uint32_t i = words_as(&object, words); i-- > 0;)
    if (words[i] == greenlet) return true;
  return false;
}

static bool list_wakes_as(const struct sleeper__object *list, address_t greenlet) {
  address_t items, item;
  int64_t size;
  if (!sleeper__object_size_as(list->address, &size) || size <= 0) return false;
  if (list->kind == SLEEPER_KIND_DEQUE) {
    int64_t index;
    if (!sleeper__read_pointer_as(AT(list->address, deque_leftblock), &items) ||
        !sleeper__read_i64_as(AT(list->address, deque_leftindex), &index) || index < 0 ||
        index >= sleeper__layout.dequeblock_length)
      return false;
    items = AT(items, dequeblock_data) + (address_t)index * sizeof(address_t);
    /* Those in the further blocks are not looked for. */
    if (size > sleeper__layout.dequeblock_length - index) return true;
  } else if (!sleeper__read_pointer_as(AT(list->address, list_items), &items)) {
    return false;
  }
  if (size > MAX_WAITERS) return true;
  for (int64_t i = 0; i < size; i++)
    if (sleeper__read_pointer_as(items + (address_t)i * sizeof(address_t), &item) && wakes_as(item, greenlet))
      return true;
  return false;
}

/* Is the greenlet entered there to be woken? Its own object is not what it waits for, nor is its hub, or what
 * only wakes it. */
static bool is_waited_for_as(const struct sleeper__object *object, address_t greenlet) {
  address_t words[MAX_WORDS];
  struct sleeper__object field;
  if (object->address == greenlet || !is_of_gevent_as(object)) return false;
  uint32_t count = words_as(object, words);
  for (uint32_t i = 0; i < count; i++)
    if (words[i] == greenlet) return false;
  for (uint32_t i = 0; i < count; i++) {
    if (words[i] % sizeof(address_t) != 0 || !look_as(words[i], &field)) continue;
    bool is_list = field.kind == SLEEPER_KIND_LIST || field.kind == SLEEPER_KIND_DEQUE;
    bool is_method = field.kind == SLEEPER_KIND_METHOD || field.kind == SLEEPER_KIND_BUILTIN;
    if (is_list ? list_wakes_as(&field, greenlet) : is_method && wakes_as(words[i], greenlet)) return true;
  }
  return false;
}

/* An object; what a method is bound to; what a cell has. */
static bool behind_as(address_t address, struct sleeper__object *object) {
  if (!look_as(address, object)) return false;
  if (object->kind == SLEEPER_KIND_METHOD)
    address = AT(address, method_self);
  else if (object->kind == SLEEPER_KIND_BUILTIN)
    address = AT(address, cfunction_self);
  else if (object->kind == SLEEPER_KIND_CELL)
    address = AT(address, cell_value);
  else
    return true;
  return sleeper__read_pointer_as(address, &address) && look_as(address, object);
}

static bool same_as(const char *left, const char *right) {
  while (*left != 0 && *left == *right) left++, right++;
  return *left == *right;
}

/* An attribute of an instance, in its dict or in a slot. */
static bool field_as(address_t object, const char *name, address_t *value) {
  struct sleeper__slot_cursor slots;
  char slot[32];
  if (sleeper__attribute_as(object, name, value)) return true;
  sleeper__slots_begin_as(object, &slots);
  while (sleeper__slots_next_as(&slots, slot, sizeof slot, value))
    if (same_as(slot, name)) return true;
  return false;
}

/* An RLock, of gevent or of threading where that is patched, waits by a semaphore; its owner is a greenlet,
 * or the ident of one, which is its address. */
static bool is_rlock_of_as(const struct sleeper__object *object, struct found *found) {
  address_t value;
  int64_t number;
  struct sleeper__object owner;
  if (!sleeper__type_is_as(object->type, "gevent.lock", "RLock") &&
      !sleeper__type_is_as(object->type, "threading", "_RLock"))
    return false;
  if (!field_as(object->address, "_block", &value) || value != found->object) return false;
  found->object = object->address;
  if (!field_as(object->address, "_owner", &value) || !sleeper__object_as(value, &owner)) return true;
  if (owner.kind == SLEEPER_KIND_INSTANCE)
    found->owner = value;
  else if (sleeper__int_as(value, &number))
    found->owner = (address_t)number;
  return true;
}

static bool is_semaphore_as(const struct sleeper__object *object) {
  char module[64], name[16];
  address_t type = object->type;
  if (!is_of_gevent_as(object)) return false;
  for (int i = 0; i < MAX_FRAMES && type != 0; i++) {
    if (sleeper__type_name_as(type, name, sizeof name) && same_as(name, "Semaphore"))
      return sleeper__type_module_as(type, module, sizeof module) && begins_as(module, "gevent.");
    if (!sleeper__read_pointer_as(AT(type, type_base), &type)) return false;
  }
  return false;
}

bool sleeper__gevent_lock_behind_as(address_t address, address_t *lock) {
  struct sleeper__object object;
  struct sleeper__object block;
  address_t value;
  if (!behind_as(address, &object)) return false;
  *lock = object.address;
  if (object.kind != SLEEPER_KIND_INSTANCE) return false;
  return is_semaphore_as(&object) || sleeper__type_is_as(object.type, "gevent.lock", "RLock") ||
         (sleeper__type_is_as(object.type, "threading", "_RLock") &&
          field_as(object.address, "_block", &value) && sleeper__object_as(value, &block) &&
          is_semaphore_as(&block));
}

/* A socket of gevent's has a watcher for each direction, and a socket of Python's within, whose descriptor
 * stands behind the header (Modules/socketmodule.h). */
static bool is_socket_of_as(const struct sleeper__object *object, struct found *found) {
  address_t value;
  if (found->fd >= 0 || !is_of_gevent_as(object)) return false;
  if ((!field_as(object->address, "_read_event", &value) || value != found->object) &&
      (!field_as(object->address, "_write_event", &value) || value != found->object))
    return false;
  return field_as(object->address, "_sock", &value) &&
         sleeper__read_i32_as(AT(value, object_type) + sizeof(address_t), &found->fd);
}

/* The object in a slot of a frame. */
static bool in_slot_as(address_t slot, struct sleeper__object *object) {
  address_t address;
  if (!sleeper__read_pointer_as(slot, &address)) return false;
  if (HAS(stackref_tag_mask)) address &= ~(address_t)sleeper__layout.stackref_tag_mask;
  return behind_as(address, object);
}
static void look_through_as(const struct sleeper__frame *frame, address_t greenlet, struct found *found) {
  struct sleeper__object object;
  address_t end = sleeper__value_stack_end_as(frame);
  uint32_t slots = 0;
  for (address_t slot = frame->fast_locals; slot < end && slots < MAX_SLOTS; slot += sizeof slot, slots++) {
    if (!in_slot_as(slot, &object)) continue;
    if (found->object == 0) {
      if (!is_waited_for_as(&object, greenlet)) continue;
      found->object = object.address;
      slot = frame->fast_locals - sizeof slot; /* once more, for what is around it */
    } else if (is_rlock_of_as(&object, found) || is_socket_of_as(&object, found)) {
      return;
    }
  }
}

void sleeper__greenlet_wait_write_as(const struct sleeper__greenlet *greenlet) {
  struct sleeper__moved_stack moved = {greenlet->stack_start, greenlet->stack_saved, greenlet->stack_copy};
  struct sleeper__frame frame;
  struct found found = {0, 0, -1};
  if (greenlet->frame == 0) return;
  bool more = sleeper__frame_first_of_as(greenlet->frame, &moved, &frame);
  for (int i = 0; more && frame.readable && i < MAX_FRAMES; i++, more = sleeper__frame_next_as(&frame))
    look_through_as(&frame, greenlet->address, &found);
  if (found.object == 0) return;
  sleeper__json_object_begin_as("waitsFor");
  if (sleeper__value_members_as(found.object)) {
    if (found.owner != 0) sleeper__json_address_as("owner", found.owner);
    if (found.fd >= 0) sleeper__json_int_as("fd", found.fd);
  }
  sleeper__json_object_end_as();
}
